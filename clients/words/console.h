// The person who ran the program: what language they read, and what their terminal can show.
#pragma once

#include "base/language.h"
#include "base/result.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace sceau::words {

/// For a person's eyes, where the terminal is not narrower.
inline constexpr std::size_t kWidestLine = 120;

enum class Colour { none, good, bad, caution };

struct Console {
    base::Language language = base::Language::english;
    bool utf8 = true;                // else ASCII takes the place of every other character
    bool colour = false;             // on standard output: a terminal, without NO_COLOR (no-color.org)
    std::size_t width = kWidestLine; // of standard output, in columns

    /// In the person's language, as base::Language does it.
    template <class... Args>
    std::string phrase(fmt::format_string<const Args&...> english, const Args&... args) const
    {
        return language.phrase(english, args...);
    }
    template <class Number, class... Args>
    std::string counted(Number n, fmt::format_string<const Number&, const Args&...> one,
                        fmt::format_string<const Number&, const Args&...> many, const Args&... args) const
    {
        return language.counted(n, one, many, args...);
    }

    /// Between the terminal's escape sequences for that colour, where colour is wanted.
    std::string painted(Colour wanted, std::string_view text) const;

    /// Results, on standard output; `io` when it does not take them.
    base::Result<> print(std::string_view text) const;
    /// Progress and errors, on standard error.
    void tell(std::string_view text) const;
};

/// Of this process, by its environment and its standard output.
Console own_console();

/// A text in ASCII for terminals without UTF-8, where other bytes could be control characters: accents are dropped, our
/// own symbols get plain ones, the rest becomes "?".
std::string ascii_of(std::string_view utf8);

} // namespace sceau::words
