#include "mail/mime/writer.h"

#include <algorithm>
#include <cerrno>

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::size_t kBufferSize = 65536;

} // namespace

Result<> stream(const Source& source, Range range, const Sink& sink)
{
    base::Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kBufferSize, range.size())));
    for (std::uint64_t at = range.begin; at < range.end;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.end - at));
        TRY_ASSIGN(const std::size_t count, source.read_at(at, std::span(buffer).first(wanted)));
        if (count < wanted)
            return std::unexpected(base::io("the message became shorter while it was read"));
        TRY(sink(base::as_text(base::BytesView(buffer).first(count))));
        at += count;
    }
    return {};
}

Result<> Writer::write(std::string_view bytes)
{
    buffer_.append(bytes);
    return buffer_.size() < kBufferSize ? Result<>() : flush();
}

Result<> Writer::flush()
{
    for (std::string_view rest = buffer_; !rest.empty();) {
        const ssize_t written = ::write(fd_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return std::unexpected(base::io_errno("cannot write the message", errno));
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
    return {};
}

} // namespace sceau::mail::mime
