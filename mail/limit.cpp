#include "mail/limit.h"

#include <algorithm>
#include <array>

namespace sceau::mail {

namespace {

struct Entry {
    Limit limit;
    std::string_view name;
    std::string_view english;
    std::string_view french;
};

constexpr std::array kEntries = {
    Entry{Limit::parts, "parts", "the message has more than 10,000 parts", "il a plus de 10 000 parties"},
    Entry{Limit::nesting, "nesting", "the message's parts are nested more than 100 deep",
          "ses parties sont imbriquées sur plus de 100 niveaux"},
    Entry{Limit::fields, "fields", "the message has more than 50,000 header fields",
          "il a plus de 50 000 champs d'en-tête"},
    Entry{Limit::header, "header", "the message's headers are larger than 4 MiB", "ses en-têtes dépassent 4 Mio"},
    Entry{Limit::aside, "aside", "text beside the parts of a multipart is larger than 1 MiB",
          "du texte à côté de ses parties dépasse 1 Mio"},
    Entry{Limit::address_list, "address_list", "a list of addresses is larger than 1 MiB, or all together than 2 MiB",
          "une liste d'adresses dépasse 1 Mio, ou toutes ensemble 2 Mio"},
    Entry{Limit::addresses, "addresses", "the message's headers have more than 50,000 addresses",
          "ses en-têtes ont plus de 50 000 adresses"},
    Entry{Limit::groups, "groups", "groups of addresses are nested more than 20 deep, or there are more than 5,000",
          "des groupes d'adresses sont imbriqués sur plus de 20 niveaux, ou il y en a plus de 5 000"},
    Entry{Limit::subject, "subject", "the subject is larger than 1 MiB", "son objet dépasse 1 Mio"},
    Entry{Limit::content_field, "content_field", "a field that describes a part is larger than 64 KiB",
          "un champ qui décrit une partie dépasse 64 Kio"},
    Entry{Limit::parameters, "parameters", "the message's parts have more than 50,000 parameters",
          "ses parties ont plus de 50 000 paramètres"},
    Entry{Limit::signed_data, "signed_data", "the signature's CMS structure is larger than 4 MiB",
          "la structure CMS de la signature dépasse 4 Mio"},
    Entry{Limit::cms_nesting, "cms_nesting", "the elements of the signature's CMS structure are nested too deep",
          "les éléments de la structure CMS de la signature sont imbriqués trop profondément"},
    Entry{Limit::certificates, "certificates",
          "the signature holds more than 256 certificates, revocation lists or hashes",
          "la signature contient plus de 256 certificats, listes de révocation ou empreintes"},
    Entry{Limit::signatures, "signatures", "the mail has more than 16 signatures", "il porte plus de 16 signatures"},
};

const Entry& entry(Limit limit)
{
    return *std::ranges::find(kEntries, limit, &Entry::limit);
}

} // namespace

base::Error over(Limit limit)
{
    base::Error error = base::bad_message(std::string(entry(limit).english));
    error.parameter = entry(limit).name;
    return error;
}

std::optional<Limit> limit_of(const base::Error& error)
{
    const auto* const found = std::ranges::find(kEntries, error.parameter, &Entry::name);
    const bool is_limit = error.code == base::ErrorCode::bad_message && found != kEntries.end();
    return is_limit ? std::optional(found->limit) : std::nullopt;
}

std::string_view to_string(Limit limit)
{
    return entry(limit).name;
}

std::string described(Limit limit, base::Language language)
{
    return std::string(base::say(language, entry(limit).english, entry(limit).french));
}

} // namespace sceau::mail
