#include "preview/program/shown_text.h"

#include "base/display_text.h"

#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#include <algorithm>
#include <array>

namespace sceau::preview::program {

namespace {

constexpr std::size_t kPieceLimit = 1500;     // bytes of a line before it is cleaned, which makes it no longer
constexpr std::size_t kStoredLimit = 1 << 20; // bytes of lines that are kept, of which finish() takes some

/// Returns how much of the text goes on one line: up to a blank if there is one, never within a character.
std::size_t size_of_piece(std::string_view text)
{
    if (text.size() <= kPieceLimit)
        return text.size();
    const auto blank = text.rfind(' ', kPieceLimit - 1);
    if (blank != std::string_view::npos && blank > kPieceLimit / 2)
        return blank + 1;
    std::size_t size = kPieceLimit;
    while (size > kPieceLimit - 4 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return size;
}

/// Overrides and isolates of direction (UAX 9), which reorder what is read. Marks of direction do not.
bool turns(std::string_view text)
{
    constexpr std::string_view kFirst = "\xe2\x80";  // of U+202A to U+202E
    constexpr std::string_view kSecond = "\xe2\x81"; // of U+2066 to U+2069
    for (auto at = text.find('\xe2'); at != std::string_view::npos; at = text.find('\xe2', at + 1)) {
        const std::string_view here = text.substr(at, 3);
        if (here.size() < 3)
            return false;
        const auto last = static_cast<unsigned char>(here[2]);
        if ((here.starts_with(kFirst) && last >= 0xaa && last <= 0xae) ||
            (here.starts_with(kSecond) && last >= 0xa6 && last <= 0xa9))
            return true;
    }
    return false;
}

} // namespace

void ShownText::add(std::string_view piece, bool hidden)
{
    if (hidden != line_is_hidden_)
        break_line();
    line_is_hidden_ = hidden;
    has_hidden_text_ = has_hidden_text_ || (hidden && !base::shows_nothing(piece));
    has_turning_characters_ = has_turning_characters_ || turns(piece);
    line_ += piece;
    all_ += piece;
    if (!hidden)
        seen_ += piece;
}

void ShownText::add_aside(std::string_view piece)
{
    line_ += piece;
}

void ShownText::break_line()
{
    if (!line_.empty())
        end_line();
}

void ShownText::end_line()
{
    std::string_view rest = line_;
    do {
        const std::size_t size = size_of_piece(rest);
        std::string shown = base::shown(rest.substr(0, size), kPieceLimit);
        shown.resize(shown.find_last_not_of(' ') + 1);
        rest.remove_prefix(size);
        const bool repeats_blank = shown.empty() && (text_.lines.empty() || text_.lines.back().text.empty());
        if (repeats_blank)
            continue;
        if (text_.lines.size() < kLinesLimit && stored_ + shown.size() <= kStoredLimit) {
            stored_ += shown.size();
            text_.lines.push_back({.text = std::move(shown), .hidden = line_is_hidden_});
        } else {
            ++text_.lines_left_out;
        }
    } while (!rest.empty());
    line_.clear();
    line_is_hidden_ = false;
    all_ += '\n';
    seen_ += '\n';
}

std::string ShownText::words() const
{
    std::string words;
    const auto* at = reinterpret_cast<const std::uint8_t*>(seen_.data());
    std::size_t left = seen_.size();
    bool after_digit = false;
    while (left > 0) {
        const std::string_view rest(reinterpret_cast<const char*>(at), left);
        std::size_t size = 1;
        if (rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("mailto:")) {
            // Plain text says where a link leads, HTML does not.
            size = std::min(rest.find_first_of(" \t\n<>\""), rest.size());
        } else {
            ucs4_t code = 0;
            const int decoded = u8_mbtoucr(&code, at, left);
            size = decoded > 0 ? static_cast<std::size_t>(decoded) : 1;
            const bool is_digit = decoded == 1 && *at >= '0' && *at <= '9';
            const bool divides =
                decoded == 1 && (*at == '.' || *at == ',') && after_digit && left > 1 && at[1] >= '0' && at[1] <= '9';
            const bool counts = decoded > 0 && (uc_is_property_alphabetic(code) || is_digit ||
                                                uc_is_general_category_withtable(code, UC_CATEGORY_MASK_Sc) ||
                                                uc_is_general_category_withtable(code, UC_CATEGORY_MASK_N));
            if (counts) {
                std::array<std::uint8_t, 6> lower{};
                const int length = u8_uctomb(lower.data(), uc_tolower(code), lower.size());
                words.append(reinterpret_cast<const char*>(lower.data()),
                             static_cast<std::size_t>(std::max(length, 0)));
            } else if (divides) {
                words += static_cast<char>(*at);
            }
            after_digit = is_digit;
        }
        at += size;
        left -= size;
    }
    return words;
}

Text ShownText::finish(std::size_t& bytes_allowed) &&
{
    break_line();
    while (!text_.lines.empty() && text_.lines.back().text.empty())
        text_.lines.pop_back();
    std::size_t count = 0;
    while (count < text_.lines.size() && text_.lines[count].text.size() + 1 <= bytes_allowed) {
        bytes_allowed -= text_.lines[count].text.size() + 1;
        ++count;
    }
    text_.lines_left_out += static_cast<unsigned>(text_.lines.size() - count);
    text_.lines.resize(count);
    return std::move(text_);
}

} // namespace sceau::preview::program
