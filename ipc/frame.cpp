#include "ipc/frame.h"

#include "base/codec.h"

namespace sceau::ipc {

using base::bad_frame;

void FrameReader::feed(std::string_view bytes)
{
    drop_taken();
    buffer_.append(bytes);
}

// An idle client must not keep the memory of its longest frame.
void FrameReader::drop_taken()
{
    constexpr std::size_t kWorthKeeping = 4096;
    buffer_.erase(0, taken_);
    taken_ = 0;
    if (buffer_.capacity() > kWorthKeeping && buffer_.capacity() / 4 > buffer_.size())
        buffer_.shrink_to_fit();
}

base::Result<std::optional<std::string>> FrameReader::next()
{
    const std::size_t end = buffer_.find('\0', taken_ + scanned_);
    const std::size_t size = std::min(end, buffer_.size()) - taken_;
    if (size > kMaxFrameSize)
        return std::unexpected(bad_frame("longer than " + std::to_string(kMaxFrameSize) + " bytes"));
    if (end == std::string::npos) {
        scanned_ = size;
        drop_taken();
        return std::nullopt;
    }
    std::string frame = buffer_.substr(taken_, size);
    taken_ = end + 1;
    scanned_ = 0;
    TRY(check_frame(frame));
    return frame;
}

base::Result<> check_frame(std::string_view text)
{
    return base::check_object(text, kMaxNesting);
}

} // namespace sceau::ipc
