#include "base/language.h"

#include <algorithm>
#include <ranges>

namespace sceau::base {

namespace {

std::string_view code_of(std::string_view locale)
{
    return locale.substr(0, locale.find_first_of("_.@"));
}

std::string value_of(const Variables& environment, std::string_view name)
{
    const std::string prefix = std::string(name) + "=";
    const auto found = std::ranges::find_if(environment, [&](const auto& each) { return each.starts_with(prefix); });
    return found == environment.end() ? std::string() : found->substr(prefix.size());
}

} // namespace

Language language_of(std::string_view locale)
{
    return code_of(locale) == "fr" ? Language::french : Language::english;
}

std::string locale_of(const Variables& environment)
{
    std::string locale;
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (locale.empty())
            locale = value_of(environment, name);
    if (locale.empty() || locale == "C" || locale == "POSIX")
        return locale;
    for (const auto part : std::views::split(value_of(environment, "LANGUAGE"), ':')) {
        const std::string wanted(part.begin(), part.end());
        if (code_of(wanted) == "fr" || code_of(wanted) == "en")
            return code_of(wanted) == code_of(locale) ? locale : wanted;
    }
    return locale;
}

std::string own_locale()
{
    return locale_of(own_environment());
}

Language own_language()
{
    return language_of(own_locale());
}

} // namespace sceau::base
