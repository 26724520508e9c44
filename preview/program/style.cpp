#include "preview/program/style.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace sceau::preview::program {

namespace {

constexpr std::size_t kSelectorLimit = 2000;

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t\r\n\f");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n\f") - begin + 1);
}

/// Returns the number that a value begins with.
std::optional<double> number_in(std::string_view value)
{
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc() && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// "0", "0px", "1px", "-9999em": in pixels, roughly.
bool is_at_most_a_pixel(std::string_view value)
{
    const auto number = number_in(value);
    if (!number)
        return false;
    const bool relative = value.find("em") != std::string_view::npos || value.ends_with('%');
    return relative ? *number < 0.1 : *number <= 1;
}

/// Returns the address in "url('…')".
std::string address_in(std::string_view value)
{
    const auto begin = value.find("url(");
    if (begin == std::string_view::npos)
        return {};
    const auto end = std::min(value.find(')', begin), value.size());
    std::string_view inside = trimmed(value.substr(begin + 4, end - begin - 4));
    while (!inside.empty() && (inside.front() == '"' || inside.front() == '\''))
        inside.remove_prefix(1);
    while (!inside.empty() && (inside.back() == '"' || inside.back() == '\''))
        inside.remove_suffix(1);
    return std::string(inside);
}

std::string without_comments(std::string_view text)
{
    std::string plain;
    while (!text.empty()) {
        const auto begin = std::min(text.find("/*"), text.size());
        plain += text.substr(0, begin);
        text.remove_prefix(begin);
        const auto end = text.find("*/");
        text.remove_prefix(text.empty() ? 0 : end == std::string_view::npos ? text.size() : end + 2);
    }
    return plain;
}

struct Declaration {
    std::string name;
    std::string value; // lower case, without "!important"
    std::string raw;
};

class StyleReader {
  public:
    void take(const Declaration& declaration)
    {
        const std::string& name = declaration.name;
        const std::string& value = declaration.value;
        if (const std::string picture = address_in(declaration.raw); !picture.empty())
            style_.picture = picture;
        if (name == "display" || name == "mso-hide" || name == "opacity") {
            style_.gone =
                style_.gone || value == "none" || value == "all" || (name == "opacity" && is_nearly_none(value));
        } else if (name == "visibility") {
            style_.invisible = value == "hidden" || value == "collapse";
        } else if (name == "font-size") {
            style_.tiny = is_at_most_a_pixel(value);
        } else if (name == "color") {
            style_.colour = read_colour(value);
        } else if (name == "background-color" || name == "background") {
            style_.background = read_colour(value);
        } else if (name == "text-indent" || name == "left" || name == "top" || name == "margin-left") {
            constexpr double kOffScreen = -500;
            const auto number = number_in(value);
            style_.gone = style_.gone || (number && *number <= kOffScreen);
        } else if (name == "height" || name == "max-height" || name == "width" || name == "max-width") {
            flat_ = flat_ || is_at_most_a_pixel(value);
        } else if (name == "overflow") {
            cut_ = value == "hidden";
        } else if (name == "clip-path" || name == "clip" || name == "transform") {
            style_.gone = style_.gone || value.starts_with("inset(100%") || value.starts_with("rect(0") ||
                          value.starts_with("scale(0)");
        }
    }

    Style finish() &&
    {
        style_.gone = style_.gone || (flat_ && cut_);
        return std::move(style_);
    }

  private:
    static bool is_nearly_none(std::string_view value)
    {
        const auto number = number_in(value);
        return number && *number < 0.05;
    }

    Style style_;
    bool flat_ = false;
    bool cut_ = false;
};

} // namespace

Style read_style(std::string_view declarations)
{
    const std::string plain = without_comments(declarations);
    std::string_view rest = plain;
    StyleReader reader;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        const std::string_view one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto colon = one.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string_view raw = trimmed(one.substr(colon + 1));
        std::string value = base::ascii_lower(raw);
        value = trimmed(value.substr(0, value.find("!important")));
        reader.take(
            {.name = base::ascii_lower(trimmed(one.substr(0, colon))), .value = value, .raw = std::string(raw)});
    }
    return std::move(reader).finish();
}

std::optional<std::uint32_t> read_colour(std::string_view value)
{
    struct Named {
        std::string_view name;
        std::uint32_t colour;
    };
    constexpr std::array kNamed{
        Named{"white", 0xffffff},  Named{"black", 0x000000},  Named{"red", 0xff0000},
        Named{"yellow", 0xffff00}, Named{"blue", 0x0000ff},   Named{"green", 0x008000},
        Named{"snow", 0xfffafa},   Named{"ivory", 0xfffff0},  Named{"whitesmoke", 0xf5f5f5},
        Named{"gray", 0x808080},   Named{"silver", 0xc0c0c0}, Named{"transparent", kTransparent}};
    const std::string lower = base::ascii_lower(trimmed(value));
    // "background" has more words than the colour.
    const std::string_view text =
        std::string_view(lower).substr(0, lower.starts_with("rgb") ? lower.size() : lower.find(' '));
    if (const auto* const named = std::ranges::find(kNamed, text, &Named::name); named != kNamed.end())
        return named->colour;
    if (text.starts_with("rgb")) {
        std::array<std::uint32_t, 4> parts{0, 0, 0, 255};
        std::size_t count = 0;
        for (std::size_t i = 0; i < text.size() && count < parts.size();) {
            if (text[i] < '0' || text[i] > '9') {
                ++i;
                continue;
            }
            const auto end = text.find_first_of(" ,)/", i);
            const auto number = number_in(text.substr(i, end - i));
            parts[count++] = static_cast<std::uint32_t>(std::clamp(number.value_or(0) + 0.5, 0.0, 255.0));
            i = std::min(end, text.size());
        }
        if (text.starts_with("rgba") && count == 4 && parts[3] == 0)
            return kTransparent;
        return count >= 3 ? std::optional(parts[0] << 16 | parts[1] << 8 | parts[2]) : std::nullopt;
    }
    const std::string_view digits = text.starts_with('#') ? text.substr(1) : text;
    std::uint32_t colour = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), colour, 16);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    if (digits.size() == 3)
        return (colour >> 8 & 15) * 0x110000 | (colour >> 4 & 15) * 0x1100 | (colour & 15) * 0x11;
    return digits.size() == 6 ? std::optional(colour) : std::nullopt;
}

void HidingRules::read(std::string_view sheet)
{
    const std::string plain = without_comments(sheet);
    std::string_view rest = plain;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
        const auto before = rest.find_last_of("};", open);
        const std::string_view selector =
            trimmed(rest.substr(before == std::string_view::npos ? 0 : before + 1,
                                open - (before == std::string_view::npos ? 0 : before + 1)));
        rest.remove_prefix(open + 1);
        if (selector.starts_with('@'))
            continue; // what is inside is read as rules of their own
        const auto close = std::min(rest.find('}'), rest.size());
        const Style style = read_style(rest.substr(0, close));
        rest.remove_prefix(close);
        if (picture.empty())
            picture = style.picture;
        if (!style.gone && !style.invisible.value_or(false) && !style.tiny.value_or(false))
            continue;
        for (std::string_view list = selector; !list.empty() && selectors.size() < kSelectorLimit;) {
            const auto comma = std::min(list.find(','), list.size());
            std::string_view one = trimmed(list.substr(0, comma));
            list.remove_prefix(std::min(comma + 1, list.size()));
            // Of "div p.note > span" the last part is what is hidden.
            if (const auto last = one.find_last_of(" >+~"); last != std::string_view::npos)
                one.remove_prefix(last + 1);
            one = one.substr(0, one.find(':'));
            if (const auto mark = one.find_first_of(".#"); mark != std::string_view::npos)
                one.remove_prefix(mark);
            if (!one.empty() && one != "*")
                selectors.insert(base::ascii_lower(one));
        }
    }
}

} // namespace sceau::preview::program
