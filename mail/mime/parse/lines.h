// A message line by line, in memory that does not grow with the message or with a line.
#pragma once

#include "mail/source.h"

#include <optional>
#include <string_view>

namespace sceau::mail::mime {

struct Line {
    Range range;              // with its line end
    std::uint64_t text_end{}; // where its line end begins
    std::string_view head;    // its first LineReader::kHead bytes, without the line end; valid until the next line

    bool blank() const { return text_end == range.begin; }
};

class LineReader {
  public:
    static constexpr std::size_t kHead = 2048;

    /// Reads the range's lines; a line ends with LF or CRLF, the last one also with the range.
    LineReader(const Source& source, Range range) : source_(source), position_(range.begin), end_(range.end) {}

    /// None at the range's end. `io` when the source cannot be read.
    base::Result<std::optional<Line>> next();

  private:
    base::Result<> fill();

    const Source& source_;
    std::uint64_t position_; // of the byte after the buffered ones
    std::uint64_t end_;
    base::Bytes buffer_;
    std::size_t used_ = 0; // bytes of the buffer that were given out
    std::string head_;
};

} // namespace sceau::mail::mime
