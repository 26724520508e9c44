#include "mail/cms/ber.h"

#include "mail/limit.h"

#include <algorithm>
#include <array>

namespace sceau::mail::cms {

using base::Result;

namespace {

constexpr std::uint8_t kEndOfContents = 0x00;
constexpr unsigned kDeepest = 64; // nested elements of indefinite length
constexpr std::size_t kWindow = 65536;

std::unexpected<base::Error> malformed()
{
    return std::unexpected(base::bad_message("the signature is no well-formed CMS structure"));
}

} // namespace

Result<Element> BerReader::open()
{
    std::array<std::uint8_t, 10> header{}; // a tag, 0x88 and a length of eight bytes
    TRY_ASSIGN(const std::size_t left, read_some(position_, header));
    if (left < 2 || (header[0] & 0x1fU) == 0x1fU) // no tag in CMS has a number over 30
        return malformed();
    Element element{.tag = header[0], .begin = position_, .contents = position_ + 2, .end = end_};
    if (header[1] == 0x80) {
        element.indefinite = true;
        if (!element.constructed())
            return malformed();
    } else {
        std::uint64_t length = header[1];
        if (length > 0x80) {
            const std::uint64_t bytes = length & 0x7fU;
            if (bytes > 8 || 2 + bytes > left)
                return malformed();
            length = 0;
            for (std::size_t i = 0; i < bytes; ++i)
                length = length << 8U | header[2 + i];
            element.contents += bytes;
        }
        if (length > end_ - element.contents)
            return malformed();
        element.end = element.contents + length;
    }
    position_ = element.contents;
    return element;
}

Result<Element> BerReader::open(std::uint8_t tag)
{
    TRY_ASSIGN(const Element element, open());
    if (element.tag != tag)
        return malformed();
    return element;
}

Result<bool> BerReader::at_end(const Element& element)
{
    if (!element.indefinite) {
        if (position_ > element.end)
            return malformed();
        return position_ == element.end;
    }
    std::array<std::uint8_t, 2> next{};
    TRY(read(position_, next));
    if (next[0] != kEndOfContents || next[1] != 0)
        return false;
    position_ += next.size();
    return true;
}

Result<> BerReader::skip(const Element& element, std::uint64_t largest)
{
    return skip_nested(element, element.begin + std::min(largest, end_ - element.begin), 0);
}

Result<> BerReader::skip_nested(const Element& element, std::uint64_t limit, unsigned depth)
{
    if (!element.indefinite) {
        position_ = element.end;
        return position_ <= limit ? Result<>() : std::unexpected(over(Limit::signed_data));
    }
    if (depth == kDeepest)
        return std::unexpected(over(Limit::cms_nesting));
    for (;;) {
        TRY_ASSIGN(const bool done, at_end(element));
        if (done)
            return {};
        TRY_ASSIGN(const Element inner, open());
        TRY(skip_nested(inner, limit, depth + 1));
    }
}

Result<> BerReader::read(std::uint64_t offset, std::span<std::uint8_t> into)
{
    TRY_ASSIGN(const std::size_t count, read_some(offset, into));
    return count == into.size() ? Result<>() : malformed();
}

Result<std::size_t> BerReader::read_some(std::uint64_t offset, std::span<std::uint8_t> into)
{
    if (into.size() > kWindow)
        return source_.read_at(offset, into);
    if (offset < window_begin_ || offset + into.size() > window_begin_ + window_.size()) {
        window_.resize(kWindow);
        window_begin_ = offset;
        TRY_ASSIGN(const std::size_t count, source_.read_at(offset, window_));
        window_.resize(count);
    }
    const base::BytesView there = base::BytesView(window_).subspan(static_cast<std::size_t>(offset - window_begin_));
    const base::BytesView given = there.first(std::min(there.size(), into.size()));
    std::ranges::copy(given, into.begin());
    return given.size();
}

} // namespace sceau::mail::cms
