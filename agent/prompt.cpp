#include "agent/prompt.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace sceau::agent {

using base::Language;
using base::say;

namespace {

constexpr std::size_t kNameColumns = 36;

// One code point of UTF-8 at the front of text (RFC 3629), its length in `size`; nothing for bytes that are none.
std::optional<char32_t> code_point(std::string_view text, std::size_t& size)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    size = byte(0) < 0x80 ? 1 : byte(0) >> 5 == 0x06 ? 2 : byte(0) >> 4 == 0x0e ? 3 : byte(0) >> 3 == 0x1e ? 4 : 0;
    if (size == 0 || size > text.size()) {
        size = 1;
        return std::nullopt;
    }
    char32_t value = size == 1 ? byte(0) : byte(0) & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if (byte(i) >> 6 != 0x02) {
            size = 1;
            return std::nullopt;
        }
        value = value << 6 | (byte(i) & 0x3fU);
    }
    static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < kSmallest[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return std::nullopt;
    return value;
}

// Control characters, line separators, and the formatting characters that reorder or hide text.
bool disguises(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

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

std::string shown(std::string_view text, std::size_t columns)
{
    std::string clean;
    std::size_t count = 0;
    while (!text.empty()) {
        std::size_t size = 0;
        const auto c = code_point(text, size);
        if (count == columns)
            return clean + "…";
        if (!c || !disguises(*c)) {
            clean += c ? text.substr(0, size) : std::string_view("�");
            ++count;
        }
        text.remove_prefix(size);
    }
    return clean;
}

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
