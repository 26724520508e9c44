#include "clients/libsceau/status.h"

#include "base/error_table.h"
#include "clients/libsceau/sceau.h"

#include <algorithm>
#include <array>

namespace sceau::client {

namespace {

struct Sentence {
    const char* english;
    const char* french;
};

// By the number.
constexpr std::array kSentences = {
    Sentence{"Done.", "C'est fait."},
    Sentence{"No token has this key.", "Aucun jeton n'a cette clé."},
    Sentence{"The key's token is not plugged in.", "Le jeton de cette clé n'est pas branché."},
    Sentence{"The PIN is wrong.", "Le code PIN est faux."},
    Sentence{"The token's PIN is locked.", "Le code PIN du jeton est bloqué."},
    Sentence{"One try of the PIN is left and was not used.", "Il reste un essai du code PIN, qui n'a pas servi."},
    Sentence{"Cancelled.", "Annulé."},
    Sentence{"Nobody answered in time.", "Personne n'a répondu à temps."},
    Sentence{"A policy does not permit this signature.", "Une règle ne permet pas cette signature."},
    Sentence{"What was shown is not what is signed.", "Ce qui a été montré n'est pas ce qui est signé."},
    Sentence{"This key cannot do that.", "Cette clé ne sait pas faire cela."},
    Sentence{"The token is in use: try again.", "Le jeton est occupé : réessayez."},
    Sentence{"The token failed.", "Le jeton a échoué."},
    Sentence{"The signature could not be recorded.", "La signature n'a pas pu être consignée."},
    Sentence{"Sceau has failed: its log tells.", "Sceau a échoué : son journal dit pourquoi."},
    Sentence{"The Sceau agent does not run.", "L'agent Sceau n'est pas démarré."},
    Sentence{"The program asks for what there is not.", "Le programme demande ce qui n'existe pas."},
    Sentence{"There is not enough memory.", "Il n'y a pas assez de mémoire."},
    Sentence{"The token's PIN must be changed or set first.",
             "Le code PIN du jeton doit d'abord être changé ou défini."},
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
    const Sentence& found = kSentences[static_cast<std::size_t>(known ? status : SCEAU_INTERNAL)];
    return language != base::Language::english ? found.french : found.english;
}

} // namespace sceau::client
