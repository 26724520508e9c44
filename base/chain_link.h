// The links of a chain of lines: a file in which each line is a JSON object that names the SHA-256 of the line before.
// base/chained_lines.h writes such files, base/chain_check.h reads and verifies them.
//
// A line has a `number`, counted from 1, and `previous`, the lower-case hex SHA-256 of the line before without its line
// end, or 64 zeros in the first line. The chain goes on in another file when one is full: NAME.1 is the oldest file,
// NAME.2 the next, and NAME the one that is written to. What was written when the machine or the process stopped, and
// is no whole line, stays where it is; the line after it is of the kind "healed" and says how many bytes these are.
#pragma once

#include "base/bytes.h"
#include "base/described.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

/// A chain's last line. Two chains with the same head are the same.
struct ChainHead {
    unsigned number = 0; // 0: there is no line yet
    std::string sha256 = std::string(64, '0');

    friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

/// The members of a line that link it with the others.
struct ChainLink {
    static constexpr std::string_view kHealed = "healed";

    unsigned number = 0;
    std::string previous;
    std::optional<std::string> kind;
    std::optional<unsigned> torn_bytes; // of what lies between the line to which `previous` refers and this one
    std::optional<std::string> torn_sha256;

    bool heals() const { return kind == kHealed && torn_bytes && torn_sha256; }

    static constexpr auto fields()
    {
        return std::tuple{Field{"number", &ChainLink::number, Bounds{.least = 1}},
                          Field{"previous", &ChainLink::previous, Bounds{.least = 64, .most = 64}},
                          Field{"kind", &ChainLink::kind}, Field{"torn_bytes", &ChainLink::torn_bytes},
                          Field{"torn_sha256", &ChainLink::torn_sha256}};
    }
};

/// Returns nothing for a text that is not a line of a chain.
std::optional<ChainLink> read_link(std::string_view line);

/// Returns the lower-case hex SHA-256.
std::string sha256_hex(std::string_view text);

/// Returns the line that follows the head, with its line end. `object` is the JSON of an object with members of its
/// own.
std::string linked_line(const ChainHead& head, std::string_view object);

/// Returns the files of the chain that are there, the oldest first.
std::vector<std::filesystem::path> files_of_chain(const std::filesystem::path& newest);

/// Returns the name under which the newest file is kept once it is full.
std::filesystem::path next_kept_file(const std::filesystem::path& newest);

} // namespace sceau::base
