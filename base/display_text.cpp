#include "base/display_text.h"

#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

#include <algorithm>
#include <array>

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

// How many letters of an ordinary text are as wide as this one may be in a proportional font, where wcwidth() tells
// nothing: Unicode counts U+FDFD as one column, and fonts draw a whole sentence for it.
std::size_t drawn_columns(ucs4_t code)
{
    struct Range {
        ucs4_t first;
        ucs4_t last;
        std::size_t columns;
    };
    constexpr std::array kWide{Range{0x0BF0, 0x0BFA, 6},   Range{0x0D00, 0x0D7F, 3},   Range{0x1000, 0x109F, 4},
                               Range{0x2E3A, 0x2E3A, 5},   Range{0x2E3B, 0x2E3B, 8},   Range{0xA980, 0xA9DF, 8},
                               Range{0xFDF0, 0xFDFC, 6},   Range{0xFDFA, 0xFDFD, 20},  Range{0x12000, 0x1254F, 15},
                               Range{0x13000, 0x1345F, 5}, Range{0x16800, 0x16A3F, 4}, Range{0x1D100, 0x1D1FF, 4},
                               Range{0x1F100, 0x1F2FF, 4}};
    std::size_t widest = code < 0x80 ? 1 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    for (const Range& range : kWide)
        if (code >= range.first && code <= range.last)
            widest = std::max(widest, range.columns);
    return std::max(widest, static_cast<std::size_t>(std::max(uc_width(code, "UTF-8"), 1)));
}

bool joins_the_one_before(ucs4_t code)
{
    return uc_width(code, "UTF-8") <= 0;
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

std::vector<std::string> wrapped(std::string_view text, std::size_t first, std::size_t columns)
{
    std::vector<std::string> lines;
    std::string line;
    std::size_t used = 0;
    std::size_t blank = std::string::npos;  // where the line can be broken
    std::size_t letter = std::string::npos; // where its last letter begins, with the marks that belong to it
    const auto break_at = [&](std::size_t end, std::size_t next) {
        const std::string rest = line.substr(next);
        lines.push_back(line.substr(0, end));
        line = rest;
        used = 0;
        for (std::string_view left = line; !left.empty();)
            used += drawn_columns(take(left).code);
        blank = letter = std::string::npos;
    };
    while (!text.empty()) {
        const Character character = take(text);
        if (character.sight == Sight::unseen || character.sight == Sight::shaping)
            continue;
        const bool valid = character.sight != Sight::invalid;
        const std::string_view bytes = !valid                            ? kReplacement
                                       : character.sight == Sight::blank ? std::string_view(" ")
                                                                         : character.bytes;
        const bool joins = valid && joins_the_one_before(character.code);
        const std::size_t width = !valid || bytes == " " ? (valid ? 1 : 2) : drawn_columns(character.code);
        const std::size_t room = lines.empty() ? first : columns;
        if (used + width > room && !line.empty()) {
            if (bytes == " ") {
                break_at(line.size(), line.size());
                continue;
            }
            if (blank != std::string::npos && 2 * blank >= line.size())
                break_at(blank, blank + 1);
            else if (joins && letter != std::string::npos && letter > 0)
                break_at(letter, letter);
            if (used + width > (lines.empty() ? first : columns))
                break_at(line.size(), line.size());
        }
        if (bytes == " ") {
            if (line.empty() && !lines.empty())
                continue; // blanks at a break
            blank = line.size();
        }
        if (!joins)
            letter = line.size();
        line += bytes;
        used += width;
    }
    lines.push_back(std::move(line));
    return lines;
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
