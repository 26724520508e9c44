// The person's language and our texts in it. The code contains the English texts, which are the keys to the
// translations in po/ (CONTRIBUTING.md, "Texts for people"): `language.translated("Sign this mail?")`.
#pragma once

#include "base/environment.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace sceau::base {

class Catalogue;

/// Marks a text in a table that is passed to translated() or phrase() later.
constexpr std::string_view translatable(std::string_view english)
{
    return english;
}

/// A process may use several languages at the same time. None of them has to be installed as a locale of the system.
class Language {
  public:
    /// The language of the texts in the code; it needs no catalogue.
    static const Language english;

    constexpr Language() = default;
    constexpr explicit Language(const Catalogue& catalogue) : catalogue_(&catalogue) {}

    /// Returns gettext's name of the language: "en", "fr", "pt_BR".
    std::string_view code() const;

    /// Returns the English text itself if there is no translation. If a NUL follows the English text, a NUL also
    /// follows the result.
    std::string_view translated(std::string_view text) const;
    /// Returns the plural form that belongs to n. `one` is the English form for 1, `many` the form for every other
    /// number.
    std::string_view translated(std::string_view one, std::string_view many, unsigned long n) const;

    /// Returns a translated text with its {} filled in as by fmt::format. The compiler checks the arguments against the
    /// English text, and the tests check that no translation takes others. Use `fmt::runtime(text)` for a text from a
    /// table.
    template <class... Args>
    std::string phrase(fmt::format_string<const Args&...> text, const Args&... args) const
    {
        return filled(translated(view_of(text)), fmt::make_format_args(args...));
    }
    /// Returns the plural form that belongs to n, with n as the first of the arguments that fill it in.
    template <class Number, class... Args>
    std::string counted(Number n, fmt::format_string<const Number&, const Args&...> one,
                        fmt::format_string<const Number&, const Args&...> many, const Args&... args) const
    {
        return filled(translated(view_of(one), view_of(many), static_cast<unsigned long>(n)),
                      fmt::make_format_args(n, args...));
    }

    friend bool operator==(const Language&, const Language&) = default;

  private:
    static std::string_view view_of(fmt::string_view text) { return {text.data(), text.size()}; }
    static std::string filled(std::string_view text, fmt::format_args args)
    {
        return fmt::vformat(fmt::string_view(text.data(), text.size()), args);
    }

    const Catalogue* catalogue_ = nullptr;
};

inline constexpr Language Language::english;

/// Reads the name of a locale as in LC_MESSAGES or LANG: "fr_FR.UTF-8", "fr", "C". Returns English if there is no
/// catalogue for it.
Language language_of(std::string_view locale);

/// Returns the locale for messages from a process's environment: LC_ALL, LC_MESSAGES and LANG in that order (POSIX.1
/// §8.2). If the locale is not "C", the first entry of LANGUAGE that we have takes its place if that is another
/// language (gettext's order). Empty if none is set.
std::string locale_of(const Variables& environment);
std::string own_locale();
Language own_language();

} // namespace sceau::base
