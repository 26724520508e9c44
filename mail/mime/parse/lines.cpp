#include "mail/mime/parse/lines.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::size_t kBufferSize = 65536;

} // namespace

Result<> LineReader::fill()
{
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kBufferSize, end_ - position_)));
    used_ = 0;
    TRY_ASSIGN(const std::size_t count, source_.read_at(position_, buffer_));
    if (count < buffer_.size())
        return std::unexpected(base::io("the message became shorter while it was read"));
    position_ += count;
    return {};
}

Result<std::optional<Line>> LineReader::next()
{
    Line line;
    line.range.begin = line.range.end = position_ - (buffer_.size() - used_);
    head_.clear();
    char last = '\n';
    bool complete = false;
    while (!complete) {
        if (used_ == buffer_.size())
            TRY(fill());
        if (buffer_.empty())
            break;
        const std::string_view rest = base::as_text(base::BytesView(buffer_).subspan(used_));
        const auto newline = rest.find('\n');
        complete = newline != std::string_view::npos;
        const std::string_view text = rest.substr(0, newline);
        head_.append(text.substr(0, kHead - head_.size()));
        if (!text.empty())
            last = text.back();
        used_ += text.size() + (complete ? 1 : 0);
        line.range.end += text.size() + (complete ? 1 : 0);
    }
    if (line.range.size() == 0)
        return std::nullopt;
    line.text_end = line.range.end - (complete ? 1 : 0);
    if (complete && last == '\r' && line.text_end > line.range.begin)
        --line.text_end;
    head_.resize(std::min<std::size_t>(head_.size(), line.text_end - line.range.begin));
    line.head = head_;
    return line;
}

std::optional<std::uint64_t> LineReader::skip_to_line_with(char first)
{
    const std::string_view rest = base::as_text(base::BytesView(buffer_).subspan(used_));
    auto found = rest.find(first);
    while (found != std::string_view::npos && found > 0 && rest[found - 1] != '\n')
        found = rest.find(first, found + 1);
    // Without a line end there is nothing to skip: npos + 1 is 0.
    const std::size_t skipped = found != std::string_view::npos ? found : rest.rfind('\n') + 1;
    if (skipped == 0)
        return std::nullopt;
    const std::uint64_t begin = position_ - (buffer_.size() - used_);
    used_ += skipped;
    const bool has_cr = skipped > 1 && rest[skipped - 2] == '\r';
    return begin + skipped - (has_cr ? 2 : 1);
}

} // namespace sceau::mail::mime
