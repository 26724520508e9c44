#include "base/display_text.h"

#include <optional>

namespace sceau::base {

namespace {

// One code point of UTF-8 at the front of text (RFC 3629), its length in `size`; nothing for bytes that are none.
std::optional<char32_t> code_point(std::string_view text, std::size_t& size)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    size = byte(0) < 0x80 ? 1 : byte(0) >> 5 == 0x06 ? 2 : byte(0) >> 4 == 0x0e ? 3 : byte(0) >> 3 == 0x1e ? 4 : 0;
    if (size == 0 || size > text.size()) {
        size = 1;
        return std::nullopt;
    }
    char32_t value = size == 1 ? byte(0) : byte(0) & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if (byte(i) >> 6 != 0x02) {
            size = 1;
            return std::nullopt;
        }
        value = value << 6 | (byte(i) & 0x3fU);
    }
    static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < kSmallest[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        size = 1;
        return std::nullopt;
    }
    return value;
}

// Control characters, line separators, and the formatting characters that reorder or hide text.
bool disguises(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

} // namespace

std::string shown(std::string_view text, std::size_t columns)
{
    std::string clean;
    std::size_t count = 0;
    while (!text.empty()) {
        std::size_t size = 0;
        const auto c = code_point(text, size);
        if (count == columns)
            return clean + "…";
        if (!c || !disguises(*c)) {
            clean += c ? text.substr(0, size) : std::string_view("�");
            ++count;
        }
        text.remove_prefix(size);
    }
    return clean;
}

} // namespace sceau::base
