// The two languages that we speak to people. Both texts stand side by side where they are said:
// `say(language, "Sign this mail?", "Signer ce courriel ?")`.
#pragma once

#include "base/environment.h"

#include <string>
#include <string_view>

namespace sceau::base {

enum class Language { english, french };

/// Of a locale's name as LC_MESSAGES or LANG has it: "fr_FR.UTF-8", "fr", "C". English where it is neither.
Language language_of(std::string_view locale);

/// The locale of a process's messages by its environment: LC_ALL, LC_MESSAGES and LANG in that order (POSIX.1 §8.2),
/// and the first of LANGUAGE's that we speak, where that is another language and the locale not "C" (gettext's order).
/// Empty where none is set.
std::string locale_of(const Variables& environment);
std::string own_locale();
Language own_language();

constexpr std::string_view say(Language language, std::string_view english, std::string_view french)
{
    return language == Language::french ? french : english;
}

} // namespace sceau::base
