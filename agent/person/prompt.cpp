#include "agent/person/prompt.h"

#include "agent/person/occasion.h"
#include "base/display_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace sceau::agent {

using base::Language;
using base::say;
using base::shown;

namespace {

constexpr std::size_t kNameColumns = 36;

// A token's label, or what else it says of itself where that shows nothing.
std::string name_of(const pkcs11::TokenIdentity& token)
{
    if (!base::shows_nothing(token.label))
        return shown(token.label, kNameColumns);
    const std::string others = token.manufacturer + " " + token.model + " " + token.serial;
    return base::shows_nothing(others) ? "?" : shown(others, kNameColumns);
}

// "9f1c 44a0 …": short enough to compare by eye, long enough that no other digest has it by chance.
std::string shown_digest(base::BytesView digest)
{
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(digest.size(), 16); i += 2)
        text += base::to_hex(digest.subspan(i, 2)) + " ";
    return text + "…";
}

std::string shown_date(std::chrono::sys_seconds time)
{
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(time.time_since_epoch().count()));
}

std::string shown_minute(std::chrono::system_clock::time_point time)
{
    return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// What was counted, where the token does not tell: a line of its own, since the field's is short.
std::string wrong_pins_of(const pkcs11::PinState& pin, const PinHistory& history, Language language)
{
    if (pin.final_try || history.tries_left)
        return {};
    if (history.refused > 1)
        return fmt::format(fmt::runtime(say(language, "  PIN     {} wrong ones were typed before\n",
                                            "  PIN     {} codes erronés ont déjà été saisis\n")),
                           history.refused);
    if (pin.low || history.refused == 1)
        return std::string(
            say(language, "  PIN     a wrong one was typed before\n", "  PIN     un code erroné a déjà été saisi\n"));
    return {};
}

// Said before it is asked for: nobody need look for a PIN that the token is not going to take.
std::string pin_not_ready(const pkcs11::PinState& pin, Language language)
{
    if (pin.not_set)
        return std::string(say(language,
                               "  PIN     none was ever set, says the token: set one first,\n"
                               "          with the program that came with it\n",
                               "  PIN     aucun n'a jamais été défini, dit le jeton : définissez-en un\n"
                               "          d'abord, avec le programme fourni avec lui\n"));
    if (pin.to_be_changed)
        return std::string(say(language,
                               "  PIN     it must be changed first, says the token:\n"
                               "          do that with the program that came with it\n",
                               "  PIN     il doit d'abord être changé, dit le jeton :\n"
                               "          faites-le avec le programme fourni avec lui\n"));
    return {};
}

std::string request_for_signature(const std::string& program, const PromptRequest& request, Language language)
{
    const Occasion occasion = occasion_of(request.caller, request.key.facts, request.attributes);
    std::string text = fmt::format(fmt::runtime(say(language, "{} (as it claims) wants a signature.\n",
                                                    "{} (à ce qu'il dit) demande une signature.\n")),
                                   program);
    text += request.program_note;
    text += say(language, "ITS CONTENT CANNOT BE SHOWN.\n", "SON CONTENU NE PEUT PAS ÊTRE MONTRÉ.\n");
    text += sign_only_if(occasion, language);
    return text + "\n\n";
}

std::string request_for_decryption(const std::string& program, const std::string& note, Language language)
{
    std::string text = fmt::format(fmt::runtime(say(language, "{} (as it claims) wants to open an encrypted message.\n",
                                                    "{} (à ce qu'il dit) veut ouvrir un message chiffré.\n")),
                                   program);
    text += note;
    text += say(language, "IT WILL BE ABLE TO READ ALL OF IT.\n", "IL POURRA LE LIRE EN ENTIER.\n");
    text += say(language, "Go on only if you opened one just now.\n\n",
                "Ne continuez que si vous venez d'en ouvrir un.\n\n");
    return text;
}

std::string with_key(const Key& key, Language language)
{
    const mail::cms::CertificateFacts& facts = key.facts;
    if (key.certificate.empty())
        return fmt::format(fmt::runtime(say(language, "  With    the key \"{}\", which has no certificate\n",
                                            "  Avec    la clé « {} », sans certificat\n")),
                           shown(key.label, kNameColumns));
    const std::string holder = facts.addresses.empty() ? facts.subject_name : facts.addresses.front();
    return fmt::format(
        fmt::runtime(say(language, "  With    {} (certificate until {})\n", "  Avec    {} (certificat jusqu'au {})\n")),
        shown(holder, kNameColumns), shown_date(facts.not_after));
}

// Where the label alone does not say which token is meant.
std::string place_of(const Key& key, Language language)
{
    if (!key.has_namesake)
        return {};
    return fmt::format(
        fmt::runtime(say(language, "  Token   serial {}, in {}\n", "  Jeton   n° de série {}, dans {}\n")),
        shown(key.token.serial.empty() ? "-" : key.token.serial, kNameColumns / 2),
        shown(key.token.reader, kNameColumns));
}

// What they tell of a content that cannot be shown.
std::string shown_attributes(const mail::cms::SignedAttributes& attributes, Language language)
{
    std::string text(
        attributes.of_mail ? say(language, "  What    a mail (S/MIME)", "  Objet   un courriel (S/MIME)")
        : attributes.of_data
            ? say(language, "  What    a file or a mail (CMS)", "  Objet   un fichier ou un courriel (CMS)")
            : say(language, "  What    neither a mail nor a file (CMS)", "  Objet   ni courriel ni fichier (CMS)"));
    if (attributes.signing_time)
        text += fmt::format(fmt::runtime(say(language, ", dated {} UTC", ", daté du {} UTC")),
                            shown_minute(*attributes.signing_time));
    return text + fmt::format(fmt::runtime(say(language, "\n  Digest  {}\n", "\n  Résumé  {}\n")),
                              shown_digest(attributes.message_digest));
}

std::string description_of(const PromptRequest& request, const PinHistory& history, Language language)
{
    const std::string program = shown(request.program, kNameColumns);
    const auto* signature = std::get_if<pkcs11::Signature>(&request.operation);
    std::string text = signature != nullptr ? request_for_signature(program, request, language)
                                            : request_for_decryption(program, request.program_note, language);
    text += with_key(request.key, language);
    text += place_of(request.key, language);
    if (request.attributes != nullptr)
        text += shown_attributes(*request.attributes, language);
    else if (signature != nullptr)
        text +=
            fmt::format(fmt::runtime(say(language, "  Digest  {} {}\n", "  Résumé  {} {}\n")),
                        base::to_string(base::traits(signature->scheme).hash), shown_digest(signature->digest.bytes()));
    if (request.waiting > 1)
        text += fmt::format(
            fmt::runtime(say(language, "  {} of {} requests that wait\n", "  {} sur {} demandes en attente\n")),
            request.place, request.waiting);
    return text + pin_not_ready(request.pin, language) + wrong_pins_of(request.pin, history, language);
}

constexpr std::size_t kBriefColumns = 40;

std::string brief_of(const PromptRequest& request, Language language)
{
    const mail::cms::CertificateFacts& facts = request.key.facts;
    const auto* signature = std::get_if<pkcs11::Signature>(&request.operation);
    std::string who =
        base::shown(request.program, kBriefColumns / 2) +
        std::string(request.program_note.empty() ? say(language, " (as it claims)", " (à ce qu'il dit)")
                                                 : say(language, " (NOT THE SYSTEM'S)", " (HORS DU SYSTÈME)"));
    std::string text = who + "\n" +
                       shown(facts.addresses.empty() ? facts.subject_name : facts.addresses.front(), kBriefColumns) +
                       "\n";
    if (signature == nullptr)
        return text + std::string(say(language, "IT WILL READ ALL OF A MESSAGE.\nDid you open one just now?",
                                      "IL LIRA TOUT UN MESSAGE.\nVenez-vous d'en ouvrir un ?"));
    text += shown_digest(request.attributes != nullptr ? base::BytesView(request.attributes->message_digest)
                                                       : base::BytesView(signature->digest.bytes()));
    return text + "\n" + std::string(just_now(occasion_of(request.caller, facts, request.attributes), language));
}

std::string brief_prompt_of(const pkcs11::PinState& pin, const PinHistory& history, Language language)
{
    if (pin.final_try)
        return std::string(say(language, "PIN (LAST TRY):", "PIN (DERNIER) :"));
    if (history.tries_left)
        return fmt::format(fmt::runtime(say(language, "PIN ({} left):", "PIN (reste {}) :")), *history.tries_left);
    return std::string(say(language, "PIN:", "PIN :"));
}

// "6 to 8"
std::string shown_lengths(const pkcs11::PinState& pin, Language language)
{
    if (pin.longest == 0)
        return fmt::format(fmt::runtime(say(language, "at least {}", "au moins {}")), pin.shortest);
    if (pin.shortest == 0)
        return fmt::format(fmt::runtime(say(language, "at most {}", "au plus {}")), pin.longest);
    if (pin.shortest == pin.longest)
        return std::to_string(pin.longest);
    return fmt::format(fmt::runtime(say(language, "{} to {}", "{} à {}")), pin.shortest, pin.longest);
}

std::string error_of(PinProblem problem, const pkcs11::PinState& pin, Language language)
{
    switch (problem) {
    case PinProblem::none:
        return {};
    case PinProblem::incorrect:
        return std::string(say(language, "The token refused that PIN.", "Le jeton a refusé ce code PIN."));
    case PinProblem::refused_before:
        return std::string(say(language, "The token refused that same PIN just now; it was not sent again.",
                               "Le jeton vient de refuser ce même code PIN ; il n'a pas été renvoyé."));
    case PinProblem::empty:
        return std::string(
            say(language, "No PIN was typed; nothing was sent.", "Aucun code PIN saisi ; rien n'a été envoyé."));
    case PinProblem::too_long:
        return std::string(say(language, "That is longer than any PIN; nothing was sent.",
                               "C'est plus long que tout code PIN ; rien n'a été envoyé."));
    case PinProblem::unlikely:
        return fmt::format(
            fmt::runtime(say(language, "This token's PIN has {} characters. Not sent; to insist, retype it.",
                             "Ce jeton attend {} caractères. Non envoyé ; si vous êtes sûr, retapez-le.")),
            shown_lengths(pin, language));
    }
    return {};
}

// What the token tells of the tries that are left, beside the field.
std::string tries_of(const pkcs11::PinState& pin, const PinHistory& history, Language language)
{
    if (pin.final_try)
        return std::string(say(language, " (THE LAST TRY)", " (DERNIER ESSAI)"));
    if (!history.tries_left)
        return {};
    return fmt::format(fmt::runtime(*history.tries_left == 1
                                        ? say(language, " (1 try left)", " (1 essai restant)")
                                        : say(language, " ({} tries left)", " ({} essais restants)")),
                       *history.tries_left);
}

} // namespace

PromptText pin_prompt(const PromptRequest& request, const PinHistory& history, Language language)
{
    const std::string token = name_of(request.key.token);
    const bool signs = std::holds_alternative<pkcs11::Signature>(request.operation);
    return {
        .title = std::string(signs ? say(language, "Sceau: sign?", "Sceau : signer ?")
                                   : say(language, "Sceau: decrypt?", "Sceau : déchiffrer ?")),
        .description = description_of(request, history, language),
        .prompt = fmt::format(fmt::runtime(say(language, "PIN of \"{}\"{}:", "Code PIN de « {} »{} :")), token,
                              tries_of(request.pin, history, language)),
        .error = error_of(history.problem, request.pin, language),
        .ok = std::string(signs ? say(language, "Sign", "Signer") : say(language, "Decrypt", "Déchiffrer")),
        .cancel = std::string(say(language, "Cancel", "Annuler")),
        .brief = brief_of(request, language),
        .brief_prompt = brief_prompt_of(request.pin, history, language),
    };
}

std::string_view last_try_word(Language language)
{
    return say(language, "LAST", "DERNIER");
}

PromptText last_try_prompt(const Key& key, bool again, Language language)
{
    const std::string token = name_of(key.token);
    return {
        .title = std::string(say(language, "Sceau: the last try", "Sceau : dernier essai")),
        .description =
            fmt::format(
                fmt::runtime(say(language,
                                 "ONE TRY IS LEFT for the PIN of \"{0}\".\n"
                                 "One wrong PIN more locks the token, and nobody can use it\nuntil it is unblocked.\n\n"
                                 "If you are sure of your PIN, type the word {1} here (not the PIN).\n",
                                 "IL NE RESTE QU'UN ESSAI pour le code PIN de « {0} ».\n"
                                 "Un code erroné de plus bloque le jeton, et plus personne ne peut s'en servir\n"
                                 "avant son déblocage.\n\n"
                                 "Si vous êtes sûr de votre code, tapez ici le mot {1} (pas le code PIN).\n")),
                token, last_try_word(language)) +
            place_of(key, language),
        .prompt = fmt::format(fmt::runtime(say(language, "The word {}:", "Le mot {} :")), last_try_word(language)),
        .error = again ? std::string(say(language, "That was not the word; nothing was sent to the token.",
                                         "Ce n'était pas le mot ; rien n'a été envoyé au jeton."))
                       : std::string(),
        .ok = std::string(say(language, "Go on", "Continuer")),
        .cancel = std::string(say(language, "Cancel", "Annuler")),
        .brief =
            fmt::format(fmt::runtime(say(language,
                                         "ONE TRY IS LEFT for the PIN of \"{0}\".\n"
                                         "A wrong PIN more locks it. If you are sure of\nyours, type {1} here.",
                                         "DERNIER ESSAI pour le PIN de « {0} ».\n"
                                         "Un code faux de plus le bloque. Si vous êtes\nsûr du vôtre, tapez {1}.")),
                        shown(key.token.label, 12), last_try_word(language)),
        .brief_prompt = fmt::format("{}:", last_try_word(language)),
    };
}

PromptText pad_notice(const PromptRequest& request, Language language)
{
    PromptText text = pin_prompt(request, {}, language);
    text.description += fmt::format(fmt::runtime(say(language, "\nTYPE THE PIN OF \"{}\" ON THE READER'S OWN KEYS.\n",
                                                     "\nTAPEZ LE CODE PIN DE « {} » SUR LE CLAVIER DU LECTEUR.\n")),
                                    name_of(request.key.token));
    text.ok = text.cancel; // its only button
    return text;
}

PromptText missing_token_notice(const std::string& program, const Key& key, Language language)
{
    return {.title = std::string(say(language, "Sceau: plug in a token", "Sceau : branchez un jeton")),
            .description = fmt::format(fmt::runtime(say(language,
                                                        "{} (as it claims) waits for a token.\n\n"
                                                        "Plug in \"{}\": it goes on by itself then.\n",
                                                        "{} (à ce qu'il dit) attend un jeton.\n\n"
                                                        "Branchez « {} » : la suite viendra d'elle-même.\n")),
                                       shown(program, kNameColumns), shown(key.token.label, kNameColumns)),
            .prompt = {},
            .error = {},
            .ok = std::string(say(language, "Hide", "Masquer")),
            .cancel = std::string(say(language, "Cancel", "Annuler"))};
}

PromptText locked_message(const Key& key, const std::string& contact, Language language)
{
    std::string text =
        fmt::format(fmt::runtime(say(language,
                                     "THE PIN OF \"{}\" IS LOCKED: too many wrong ones were typed.\n\n"
                                     "Nothing was done. Whoever has the token's PUK can unblock it\n"
                                     "and set a new PIN, with the program that came with the token.\n",
                                     "LE CODE PIN DE « {} » EST BLOQUÉ : trop de codes erronés ont été saisis.\n\n"
                                     "Rien n'a été fait. Qui détient le code PUK du jeton peut le débloquer\n"
                                     "et définir un nouveau code, avec le logiciel fourni avec le jeton.\n")),
                    name_of(key.token)) +
        place_of(key, language);
    if (!contact.empty())
        text +=
            fmt::format(fmt::runtime(say(language, "Call: {}\n", "Appelez : {}\n")), shown(contact, 2 * kNameColumns));
    return {.title = std::string(say(language, "Sceau: PIN locked", "Sceau : code PIN bloqué")),
            .description = std::move(text),
            .prompt = {},
            .error = {},
            .ok = std::string(say(language, "Close", "Fermer")),
            .cancel = {}};
}

} // namespace sceau::agent
