#include "base/display_text.h"

#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

#include <algorithm>

namespace sceau::base {

namespace {

constexpr std::string_view kReplacement = "\uFFFD";

enum class Sight {
    seen,
    blank,   // of any width
    shaping, // visible only in its effect on its neighbours: joiners, variation selectors
    unseen,
    invalid, // not UTF-8
};

struct Character {
    std::string_view bytes;
    ucs4_t code = 0;
    Sight sight = Sight::invalid;
};

bool is_shaping(ucs4_t code)
{
    constexpr ucs4_t kNonJoiner = 0x200C;
    constexpr ucs4_t kJoiner = 0x200D;
    return code == kNonJoiner || code == kJoiner || uc_is_property_variation_selector(code);
}

// Covers the categories that cannot be seen (control, format, line separator, surrogate, private use, unassigned), and
// letters that fonts nevertheless draw as nothing (U+3164, U+115F, U+034F …).
bool is_unseen(ucs4_t code)
{
    constexpr std::uint32_t kHidden = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl |
                                      UC_CATEGORY_MASK_Zp | UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Cn |
                                      UC_CATEGORY_MASK_Co;
    constexpr ucs4_t kBrailleBlank = 0x2800; // Unicode calls it a symbol, but it looks like a blank
    return code == kBrailleBlank || uc_is_general_category_withtable(code, kHidden) ||
           uc_is_property_default_ignorable_code_point(code);
}

Sight sight_of(ucs4_t code)
{
    if (is_shaping(code))
        return Sight::shaping;
    if (is_unseen(code))
        return Sight::unseen;
    return uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Zs) ? Sight::blank : Sight::seen;
}

// Removes and returns the first character of the text, or one byte if no character begins there.
Character take(std::string_view& text)
{
    Character character;
    const int decoded = u8_mbtoucr(&character.code, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    character.bytes = text.substr(0, decoded > 0 ? static_cast<std::size_t>(decoded) : 1);
    text.remove_prefix(character.bytes.size());
    if (decoded > 0)
        character.sight = sight_of(character.code);
    return character;
}

bool is_plain(const Character& character)
{
    return character.sight != Sight::unseen && character.sight != Sight::invalid;
}

} // namespace

std::string shown(std::string_view text, std::size_t columns)
{
    std::string clean;
    std::size_t used = 0;
    while (!text.empty()) {
        const Character character = take(text);
        if (character.sight == Sight::unseen || character.sight == Sight::shaping)
            continue;
        const bool valid = character.sight != Sight::invalid;
        // A combining mark counts as one column too, because any number of them can be stacked on one letter.
        const auto width = static_cast<std::size_t>(valid ? std::max(uc_width(character.code, "UTF-8"), 1) : 1);
        if (used + width > columns)
            return clean + "…";
        used += width;
        clean += !valid ? kReplacement : character.sight == Sight::blank ? std::string_view(" ") : character.bytes;
    }
    return clean;
}

std::size_t columns_of(std::string_view text)
{
    return static_cast<std::size_t>(
        std::max(u8_width(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), "UTF-8"), 0));
}

bool shows_nothing(std::string_view text)
{
    return shown(text, text.size()).find_first_not_of(' ') == std::string::npos;
}

bool is_plain(std::string_view text)
{
    while (!text.empty())
        if (!is_plain(take(text)))
            return false;
    return true;
}

std::string made_plain(std::string_view text)
{
    std::string plain;
    while (!text.empty()) {
        const Character character = take(text);
        plain += is_plain(character) ? character.bytes : kReplacement;
    }
    return plain;
}

} // namespace sceau::base
