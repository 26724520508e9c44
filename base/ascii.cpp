#include "base/ascii.h"

#include <algorithm>

namespace sceau::base {

namespace {

char lower_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string ascii_lower(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), lower_letter);
    return lower;
}

bool same_in_ascii(std::string_view one, std::string_view other)
{
    return std::ranges::equal(one, other, {}, lower_letter, lower_letter);
}

} // namespace sceau::base
