// Frames: JSON objects, each ended by a NUL (https://varlink.org/Wire-Protocol). The limits are enforced before
// anything is built from the input.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sceau::ipc {

inline constexpr std::size_t kMaxFrameSize = std::size_t{1} << 20; // bytes, without the NUL
inline constexpr std::size_t kMaxNesting = 16;                     // objects and arrays inside one another

/// Cuts the input, in whatever pieces it arrives, into frames.
class FrameReader {
  public:
    void feed(std::string_view bytes);

    /// Returns the next frame without its NUL, or nothing while the rest has not arrived. Fails with `bad_frame` when
    /// the frame is longer than kMaxFrameSize, even before it is complete, or does not pass check_frame; the reader is
    /// unusable after that.
    base::Result<std::optional<std::string>> next();

    /// Whether part of a frame has arrived and waits for the rest.
    bool begun() const { return taken_ < buffer_.size(); }
    /// Bytes that arrived and were not returned yet.
    std::size_t size() const { return buffer_.size() - taken_; }

  private:
    void drop_taken();

    std::string buffer_;
    std::size_t taken_ = 0;   // bytes at the front that were returned
    std::size_t scanned_ = 0; // bytes after those in which there is no NUL
};

/// Fails with `bad_frame` unless the text is one JSON object (RFC 8259) in UTF-8, nested at most kMaxNesting deep, in
/// which no object has the same name twice.
base::Result<> check_frame(std::string_view text);

} // namespace sceau::ipc
