// What sceau-preview sends to the agent: the content's hash, then the summary, nothing else. Each is JSON
// (base/codec.h). The summary may be larger than a packet: its size goes ahead, and its pieces follow.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "preview/summary.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace sceau::preview {

/// The descriptor under which sceau-preview has the content.
inline constexpr int kContentFd = 4;

inline constexpr std::size_t kSummaryLimit = 8 << 20; // bytes of JSON

struct ContentHash {
    base::Bytes hash;

    static constexpr std::string_view kName = "content_hash";
    friend bool operator==(const ContentHash&, const ContentHash&) = default;
    static constexpr auto fields() { return std::tuple{Field{"hash", &ContentHash::hash, base::Bounds{32, 64}}}; }
};

std::string packet_of(const ContentHash& hash);
/// Returns the packets in which a summary is sent. Fails with `internal` if it is over the limit.
base::Result<std::vector<std::string>> packets_of(const Summary& summary);

/// Reads the packets of one process in their order. It trusts nothing: a report that comes twice, too early, too late,
/// over its limit or in any other form than packets_of() write is an error, after which nothing more may be read.
class ReportReader {
  public:
    using Part = std::variant<ContentHash, Summary>;

    /// Returns what the packet completes, or nothing if more of it is to come. Fails with `evidence_mismatch`.
    base::Result<std::optional<Part>> take(std::string_view packet);

    /// Returns whether everything has been reported.
    bool is_complete() const { return stage_ == Stage::complete; }

  private:
    enum class Stage { hash, size, pieces, complete };

    base::Result<std::optional<Part>> take_piece(std::string_view packet);

    Stage stage_ = Stage::hash;
    std::size_t size_ = 0; // of the summary, in bytes
    std::string summary_;  // as far as it has come
};

} // namespace sceau::preview
