// The language that a person reads, and our texts in it. English stands in the code and is the key to the others, which
// are in po/ (CONTRIBUTING.md, "Texts for people"): `language.translated("Sign this mail?")`.
#pragma once

#include "base/environment.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace sceau::base {

class Catalogue;

/// Marks a text that stands in a table, and is given to translated() or phrase() later.
constexpr std::string_view translatable(std::string_view english)
{
    return english;
}

/// A process may speak several at once, and none of them need be installed as a locale of the system's.
class Language {
  public:
    /// What the texts in the code are written in; it needs no catalogue.
    static const Language english;

    constexpr Language() = default;
    constexpr explicit Language(const Catalogue& catalogue) : catalogue_(&catalogue) {}

    /// As gettext names it: "en", "fr", "pt_BR".
    std::string_view code() const;

    /// The English text itself where there is no other. Where a NUL follows the English one, it also does here.
    std::string_view translated(std::string_view text) const;
    /// The plural form that goes with n; `one` is the English form for 1, `many` for every other number.
    std::string_view translated(std::string_view one, std::string_view many, unsigned long n) const;

    /// A translated text with its {} filled in as fmt::format does. The compiler checks what the English text takes,
    /// and the tests that no translation takes anything else; `fmt::runtime(text)` for a text that stands in a table.
    template <class... Args>
    std::string phrase(fmt::format_string<const Args&...> text, const Args&... args) const
    {
        return filled(translated(view_of(text)), fmt::make_format_args(args...));
    }
    /// The plural form that goes with n, which is the first of what fills it in.
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

/// Of a locale's name as LC_MESSAGES or LANG has it: "fr_FR.UTF-8", "fr", "C". English where there is no catalogue for
/// it.
Language language_of(std::string_view locale);

/// The locale of a process's messages by its environment: LC_ALL, LC_MESSAGES and LANG in that order (POSIX.1 §8.2),
/// and the first of LANGUAGE's that we speak, where that is another language and the locale not "C" (gettext's order).
/// Empty where none is set.
std::string locale_of(const Variables& environment);
std::string own_locale();
Language own_language();

} // namespace sceau::base
