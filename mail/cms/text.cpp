#include "mail/cms/text.h"

#include "base/display_text.h"

#include <unistr.h>

#include <algorithm>
#include <optional>

namespace sceau::mail::cms {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

/// Takes the first character off the text: its bytes where it is plain, nothing where it is not.
std::optional<std::string_view> take_plain(std::string_view& text)
{
    ucs4_t character = 0;
    const int decoded = u8_mbtoucr(&character, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const std::string_view taken = text.substr(0, decoded > 0 ? static_cast<std::size_t>(decoded) : 1);
    text.remove_prefix(taken.size());
    if (decoded <= 0)
        return std::nullopt;
    constexpr ucs4_t kNonJoiner = 0x200C;
    constexpr ucs4_t kJoiner = 0x200D;
    if (character != kNonJoiner && character != kJoiner && base::is_hidden(character))
        return std::nullopt;
    return taken;
}

} // namespace

bool is_plain(std::string_view text)
{
    while (!text.empty()) {
        if (!take_plain(text))
            return false;
    }
    return true;
}

std::string made_plain(std::string_view text)
{
    std::string plain;
    while (!text.empty())
        plain += take_plain(text).value_or(kReplacement);
    return plain;
}

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string ascii_lower(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    }
    return lower;
}

} // namespace sceau::mail::cms
