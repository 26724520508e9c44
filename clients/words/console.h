// The console of the person who ran the program: the language they read and what their terminal can show.
#pragma once

#include "base/language.h"
#include "base/result.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace sceau::words {

/// The width of text for people, unless the terminal is narrower.
inline constexpr std::size_t kWidestLine = 120;

enum class Colour { none, good, bad, caution };

struct Console {
    base::Language language = base::Language::english;
    bool utf8 = true;                // otherwise ASCII replaces every other character
    bool colour = false;             // whether standard output is a terminal, without NO_COLOR (no-color.org)
    std::size_t width = kWidestLine; // of standard output, in columns

    /// The text in the person's language, as base::Language translates it.
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

    /// Returns the text between the terminal's escape sequences for that colour if colour is wanted.
    std::string painted(Colour wanted, std::string_view text) const;

    /// Writes results to standard output. Fails with `io` if that does not accept them.
    base::Result<> print(std::string_view text) const;
    /// Writes progress and errors to standard error.
    void tell(std::string_view text) const;
};

/// The console of this process, judged by its environment and its standard output.
Console own_console();

/// Returns a text in ASCII for terminals without UTF-8, where other bytes could be control characters. Accents are
/// dropped, Sceau's own symbols get plain replacements, and everything else becomes "?".
std::string ascii_of(std::string_view utf8);

} // namespace sceau::words
