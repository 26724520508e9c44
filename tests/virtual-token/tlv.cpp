#include "tests/virtual-token/tlv.h"

namespace sceau::test {

namespace {

void append_number(base::Bytes& bytes, std::size_t number)
{
    if (number > 0xff)
        bytes.push_back(static_cast<std::uint8_t>(number >> 8));
    bytes.push_back(static_cast<std::uint8_t>(number & 0xff));
}

/// Takes `count` bytes from the front as a big-endian number.
std::optional<std::size_t> take_number(base::BytesView& bytes, std::size_t count)
{
    if (bytes.size() < count)
        return std::nullopt;
    std::size_t number = 0;
    for (const std::uint8_t byte : bytes.first(count))
        number = number << 8 | byte;
    bytes = bytes.subspan(count);
    return number;
}

std::optional<unsigned> take_tag(base::BytesView& bytes)
{
    const bool two_bytes = !bytes.empty() && (bytes[0] & 0x1f) == 0x1f;
    const auto tag = take_number(bytes, two_bytes ? 2 : 1);
    return tag ? std::optional(static_cast<unsigned>(*tag)) : std::nullopt;
}

std::optional<std::size_t> take_length(base::BytesView& bytes)
{
    const auto first = take_number(bytes, 1);
    if (!first || *first < 0x80)
        return first;
    const std::size_t count = *first & 0x7f;
    return count >= 1 && count <= 2 ? take_number(bytes, count) : std::nullopt;
}

} // namespace

base::Bytes tlv(unsigned tag, base::BytesView value)
{
    base::Bytes bytes;
    append_number(bytes, tag);
    if (value.size() > 0xff)
        bytes.push_back(0x82);
    else if (value.size() > 0x7f)
        bytes.push_back(0x81);
    append_number(bytes, value.size());
    bytes.insert(bytes.end(), value.begin(), value.end());
    return bytes;
}

base::Bytes joined(std::initializer_list<base::Bytes> parts)
{
    base::Bytes bytes;
    for (const base::Bytes& part : parts)
        bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

std::optional<std::map<unsigned, base::Bytes>> parse_tlvs(base::BytesView bytes)
{
    std::map<unsigned, base::Bytes> values;
    while (!bytes.empty()) {
        const auto tag = take_tag(bytes);
        const auto length = tag ? take_length(bytes) : std::nullopt;
        if (!length || bytes.size() < *length)
            return std::nullopt;
        values[*tag] = base::Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*length));
        bytes = bytes.subspan(*length);
    }
    return values;
}

} // namespace sceau::test
