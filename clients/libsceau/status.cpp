#include "clients/libsceau/status.h"

#include "base/error_table.h"
#include "clients/libsceau/sceau.h"

#include <algorithm>
#include <array>

namespace sceau::client {

namespace {

// Indexed by the number of the code.
constexpr std::array kSentences = {
    base::translatable("Done."),
    base::translatable("No token has this key."),
    base::translatable("The key's token is not plugged in."),
    base::translatable("The PIN is wrong."),
    base::translatable("The token's PIN is locked."),
    base::translatable("One try of the PIN is left and was not used."),
    base::translatable("Cancelled."),
    base::translatable("Nobody answered in time."),
    base::translatable("A policy does not permit this signature."),
    base::translatable("What was shown is not what is signed."),
    base::translatable("This key cannot do that."),
    base::translatable("The token is in use: try again."),
    base::translatable("The token failed."),
    base::translatable("The signature could not be recorded."),
    base::translatable("Sceau failed: its log says why."),
    base::translatable("The Sceau agent is not running."),
    base::translatable("The program asks for something that does not exist."),
    base::translatable("There is not enough memory."),
    base::translatable("The token's PIN must be changed or set first."),
};

constexpr bool has_sentence(const base::ErrorTraits& error)
{
    return error.libsceau < std::ssize(kSentences);
}
static_assert(std::ranges::all_of(base::kErrors, has_sentence));

} // namespace

int status_of(base::ErrorCode code)
{
    return base::traits(code).libsceau;
}

const char* sentence(int status, base::Language language)
{
    const bool known = status >= 0 && static_cast<std::size_t>(status) < kSentences.size();
    return language.translated(kSentences[static_cast<std::size_t>(known ? status : SCEAU_INTERNAL)]).data();
}

} // namespace sceau::client
