#include "clients/cli/mistake.h"

#include "base/pattern.h"

#include <array>

namespace sceau::cli {

namespace {

using base::translatable;

// In the order in which they are tried; patterns that match more come last.
constexpr std::array kMistakes = {
    translatable("A subcommand is required"),
    translatable("The following argument was not expected: {}"),
    translatable("The following arguments were not expected: {}"),
    // Translators: An option, how many values it lacks, and what they are: "--key: 1 required ID missing"
    translatable("{}: {} required {} missing"),
    translatable("{}: At Most {} required but received {}"),
    translatable("{}: Should be true/false or a number"),
    translatable("{} was given a disallowed flag override"),
    translatable("Could not convert: {} = {}"),
    translatable("{} is required"),
    translatable("{} excludes {}"),
    // Translators: An option, and a text of ours: "--key: a key is named by 64 hex digits"
    translatable("{}: {}"),
};

} // namespace

std::string mistake_in(base::Language language, std::string_view mistake)
{
    for (const std::string_view known : kMistakes)
        if (const auto found = base::match(mistake, known))
            return base::filled(language.translated(known), *found);
    return std::string(mistake);
}

} // namespace sceau::cli
