#include "base/display_text.h"

#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

#include <algorithm>

namespace sceau::base {

namespace {

constexpr ucs4_t kBrailleBlank = 0x2800; // a symbol to Unicode, and nothing to the eye

// Whether a person sees the character, and it leaves the others where they are: no control or format character, no line
// separator, none that fonts have no picture for, and none that a font draws as nothing (U+3164, U+115F, U+034F …).
bool is_seen(ucs4_t character)
{
    return character != kBrailleBlank && !is_hidden(character) &&
           !uc_is_property_default_ignorable_code_point(character);
}

bool is_blank(ucs4_t character)
{
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Zs);
}

} // namespace

std::string shown(std::string_view text, std::size_t columns)
{
    std::string clean;
    std::size_t used = 0;
    while (!text.empty()) {
        ucs4_t character = 0;
        const int decoded = u8_mbtoucr(&character, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
        const std::string_view taken = text.substr(0, decoded > 0 ? static_cast<std::size_t>(decoded) : 1);
        text.remove_prefix(taken.size());
        if (decoded > 0 && !is_seen(character))
            continue;
        // A combining mark counts too: any number of them can be heaped on one letter.
        const auto width = static_cast<std::size_t>(decoded > 0 ? std::max(uc_width(character, "UTF-8"), 1) : 1);
        if (used + width > columns)
            return clean + "…";
        used += width;
        clean += decoded <= 0 ? std::string_view("\uFFFD") : is_blank(character) ? std::string_view(" ") : taken;
    }
    return clean;
}

bool is_hidden(char32_t character)
{
    constexpr std::uint32_t kHidden = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl |
                                      UC_CATEGORY_MASK_Zp | UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Cn |
                                      UC_CATEGORY_MASK_Co;
    return uc_is_general_category_withtable(character, kHidden);
}

bool shows_nothing(std::string_view text)
{
    return shown(text, text.size()).find_first_not_of(' ') == std::string::npos;
}

} // namespace sceau::base
