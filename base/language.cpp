#include "base/language.h"

#include <cstdlib>

namespace sceau::base {

Language language_of(std::string_view locale)
{
    const std::string_view code = locale.substr(0, locale.find_first_of("_.@"));
    return code == "fr" ? Language::french : Language::english;
}

std::string own_locale()
{
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* locale = std::getenv(name); locale != nullptr && *locale != '\0')
            return locale;
    return {};
}

Language own_language()
{
    return language_of(own_locale());
}

} // namespace sceau::base
