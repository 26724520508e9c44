#include "base/language.h"

#include "base/catalogue.h"

#include <algorithm>
#include <optional>
#include <ranges>

namespace sceau::base {

namespace {

// Returns "fr" for "fr_FR.UTF-8@euro".
std::string_view code_of(std::string_view locale)
{
    return locale.substr(0, locale.find_first_of("_.@"));
}

// Returns the language if it has a catalogue or is English. A catalogue for the country ("pt_BR") comes before the
// general one.
std::optional<Language> spoken(std::string_view locale)
{
    for (const std::string_view name : {locale.substr(0, locale.find_first_of(".@")), code_of(locale)}) {
        const auto found = std::ranges::find(catalogues(), name, &Catalogue::language);
        if (found != catalogues().end())
            return Language(*found);
    }
    return code_of(locale) == "en" ? std::optional(Language::english) : std::nullopt;
}

std::string value_of(const Variables& environment, std::string_view name)
{
    const std::string prefix = std::string(name) + "=";
    const auto found = std::ranges::find_if(environment, [&](const auto& each) { return each.starts_with(prefix); });
    return found == environment.end() ? std::string() : found->substr(prefix.size());
}

} // namespace

std::string_view Language::code() const
{
    return catalogue_ != nullptr ? catalogue_->language() : "en";
}

std::string_view Language::translated(std::string_view text) const
{
    // The empty text is the key to a catalogue's header.
    return catalogue_ != nullptr && !text.empty() ? catalogue_->find(text).value_or(text) : text;
}

std::string_view Language::translated(std::string_view one, std::string_view many, unsigned long n) const
{
    const std::string_view text = n == 1 ? one : many;
    return catalogue_ != nullptr ? catalogue_->find(one, n).value_or(text) : text;
}

Language language_of(std::string_view locale)
{
    return spoken(locale).value_or(Language::english);
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
        if (spoken(wanted))
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
