#include "agent/prompt.h"

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

// "9f1c 44a0 …": short enough to compare by eye, long enough that no other digest has it by chance.
std::string shown_digest(base::BytesView digest)
{
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(digest.size(), 16); i += 2)
        text += base::to_hex(digest.subspan(i, 2)) + " ";
    return text + "…";
}

std::string shown_date(std::chrono::system_clock::time_point time)
{
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string description_of(const BlindRequest& request, Language language)
{
    const auto& facts = request.key.facts;
    const std::string signer = facts.addresses.empty() ? facts.subject_name : facts.addresses.front();
    std::string text = fmt::format(fmt::runtime(say(language, "{} (as it claims) wants a signature.\n",
                                                    "{} (à ce qu'il dit) demande une signature.\n")),
                                   shown(request.program, kNameColumns));
    text += say(language, "ITS CONTENT CANNOT BE SHOWN.\n", "SON CONTENU NE PEUT PAS ÊTRE MONTRÉ.\n");
    text += say(language, "Sign only if you pressed Send just now.\n\n",
                "Ne signez que si vous venez d'appuyer sur Envoyer.\n\n");
    text += fmt::format(
        fmt::runtime(say(language, "  With    {} (certificate until {})\n", "  Avec    {} (certificat jusqu'au {})\n")),
        shown(signer, kNameColumns), shown_date(facts.not_after));
    text += fmt::format(fmt::runtime(say(language, "  Digest  {} {}\n", "  Résumé  {} {}\n")),
                        base::to_string(base::traits(request.scheme).hash), shown_digest(request.digest));
    if (request.waiting > 1)
        text += fmt::format(
            fmt::runtime(say(language, "  {} of {} requests that wait\n", "  {} sur {} demandes en attente\n")),
            request.place, request.waiting);
    return text;
}

std::string error_of(PinProblem problem, Language language)
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
    }
    return {};
}

// What is known of the tries that are left: a number after a refusal, else what the token's flags say.
std::string tries_of(const pkcs11::PinState& pin, std::optional<unsigned> tries_left, Language language)
{
    if (tries_left)
        return fmt::format(fmt::runtime(*tries_left == 1 ? say(language, " (1 try left)", " (1 essai restant)")
                                                         : say(language, " ({} tries left)", " ({} essais restants)")),
                           *tries_left);
    if (pin.low)
        return std::string(say(language, " (a wrong PIN was typed before)", " (un code erroné a déjà été saisi)"));
    return {};
}

} // namespace

PromptText blind_prompt(const BlindRequest& request, PinProblem problem, std::optional<unsigned> tries_left,
                        Language language)
{
    const std::string token = shown(request.key.token.label, kNameColumns);
    return {
        .title = std::string(say(language, "Sceau: sign?", "Sceau : signer ?")),
        .description = description_of(request, language),
        .prompt = fmt::format(fmt::runtime(say(language, "PIN of \"{}\"{}:", "Code PIN de « {} »{} :")), token,
                              tries_of(request.pin, tries_left, language)),
        .error = error_of(problem, language),
        .ok = std::string(say(language, "Sign", "Signer")),
        .cancel = std::string(say(language, "Cancel", "Annuler")),
    };
}

} // namespace sceau::agent
