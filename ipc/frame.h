// Frames: JSON objects, each ended by a NUL (https://varlink.org/Wire-Protocol). The limits hold before anything is
// built of what came.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sceau::ipc {

inline constexpr std::size_t kMaxFrameSize = std::size_t{1} << 20; // bytes, without the NUL
inline constexpr std::size_t kMaxNesting = 16;                     // objects and arrays inside one another

/// Cuts what arrives, in whatever pieces, into frames.
class FrameReader {
  public:
    void feed(std::string_view bytes);

    /// The next frame without its NUL; none when the rest has not come yet. `bad_frame` when it is or becomes longer
    /// than kMaxFrameSize or is not what check_frame wants; the reader is of no use after that.
    base::Result<std::optional<std::string>> next();

    /// Whether part of a frame has come and waits for its end.
    bool begun() const { return taken_ < buffer_.size(); }
    /// Bytes that came and were not handed out.
    std::size_t size() const { return buffer_.size() - taken_; }

  private:
    void drop_taken();

    std::string buffer_;
    std::size_t taken_ = 0;   // bytes at the front that were handed out
    std::size_t scanned_ = 0; // bytes after those that hold no NUL
};

/// `bad_frame` unless the text is one JSON object (RFC 8259) in UTF-8, nested at most kMaxNesting deep, without a name
/// twice in the same object.
base::Result<> check_frame(std::string_view text);

} // namespace sceau::ipc
