// Reads a chain of lines (base/chain_link.h) from its first line to its last, and finds where it was tampered with. It
// needs no agent, and never writes.
#pragma once

#include "base/chain_link.h"
#include "base/result.h"
#include "base/unique_fd.h"

#include <functional>

namespace sceau::base {

/// A line as it stands in a file.
struct StoredLine {
    std::filesystem::path file;
    std::size_t line = 0; // counted from 1
    std::string text;     // without its line end
    bool ended = true;    // by a line end
};

/// Returns the lines of several files, one after the other.
class ChainReader {
  public:
    /// A longer line cannot be one of a chain; only its beginning is returned.
    static constexpr std::size_t kLongestLine = std::size_t{1} << 20;

    explicit ChainReader(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

    /// Returns nothing after the last line. Fails with `io`.
    Result<std::optional<StoredLine>> next();

  private:
    Result<bool> fill();

    std::vector<std::filesystem::path> files_;
    std::size_t opened_ = 0; // how many of them were opened
    UniqueFd file_;
    std::string buffer_;
    std::size_t taken_ = 0;
    std::size_t line_ = 0;
};

/// What is wrong with a chain. `edited`: a line is not the one that was written. `removed`: lines are missing before
/// this one. `reordered`: lines stand in another order. `duplicated`: a line is there again. `torn`: the last line is
/// not whole, as after a power cut; opening the chain for writing heals it.
enum class ChainFault { edited, removed, reordered, duplicated, torn };

constexpr auto enumerators(ChainFault)
{
    using enum ChainFault;
    return std::array{Enumerator{edited, "edited"}, Enumerator{removed, "removed"}, Enumerator{reordered, "reordered"},
                      Enumerator{duplicated, "duplicated"}, Enumerator{torn, "torn"}};
}

struct BrokenLink {
    std::filesystem::path file;
    std::size_t line = 0;
    ChainFault fault = ChainFault::edited;
    unsigned number = 0; // the number of the line that should stand there
};

struct ChainReport {
    std::size_t files = 0;
    unsigned lines = 0;               // that are whole and linked
    unsigned healed = 0;              // of these, those that heal what was torn
    ChainHead head;                   // the last of them
    std::optional<BrokenLink> broken; // the first one
};

/// Follows the chain up to the first link that is broken. `visit` gets each line that is linked; a line that a later
/// one heals may be among them, and then has the same number. Fails with `io` if a file cannot be read.
using OnLinkedLine = std::function<void(const StoredLine&, const ChainHead&)>;
Result<ChainReport> follow_chain(const std::filesystem::path& newest, const OnLinkedLine& visit = {});

} // namespace sceau::base
