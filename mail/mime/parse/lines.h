// Reads a message line by line, in memory that grows neither with the message nor with a line.
#pragma once

#include "mail/source.h"

#include <optional>
#include <string_view>

namespace sceau::mail::mime {

struct Line {
    Range range;              // including its line end
    std::uint64_t text_end{}; // where its line end begins
    std::string_view head;    // the first LineReader::kHead bytes, without the line end; valid until the next line

    bool blank() const { return text_end == range.begin; }
};

class LineReader {
  public:
    static constexpr std::size_t kHead = 2048;

    /// Reads the lines of a range. LF or CRLF ends a line, and so does the end of the range.
    LineReader(const Source& source, Range range) : source_(source), position_(range.begin), end_(range.end) {}

    /// Returns nothing at the end of the range. Fails with `io` if the source cannot be read.
    base::Result<std::optional<Line>> next();

    /// Skips the next lines up to one that begins with that character, as far as they are already in memory, which is
    /// much quicker than next(). Returns where the line end of the last skipped one begins, or nothing if there is
    /// none.
    std::optional<std::uint64_t> skip_to_line_with(char first);

  private:
    base::Result<> fill();

    const Source& source_;
    std::uint64_t position_; // of the byte after the buffered ones
    std::uint64_t end_;
    base::Bytes buffer_;
    std::size_t used_ = 0; // bytes of the buffer that were already returned
    std::string head_;
};

} // namespace sceau::mail::mime
