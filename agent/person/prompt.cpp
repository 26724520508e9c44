#include "agent/person/prompt.h"

#include "agent/person/occasion.h"
#include "base/display_text.h"
#include "base/moment.h"

#include <fmt/format.h>

#include <algorithm>

namespace sceau::agent {

using base::Language;
using base::shown;

namespace {

constexpr std::size_t kNameColumns = 36;

// Returns the token's label, or its other names if the label shows nothing.
std::string name_of(const pkcs11::TokenIdentity& token)
{
    if (!base::shows_nothing(token.label))
        return shown(token.label, kNameColumns);
    const std::string others = token.manufacturer + " " + token.model + " " + token.serial;
    return base::shows_nothing(others) ? "?" : shown(others, kNameColumns);
}

// Returns text such as "9f1c 44a0 …", short enough to compare by eye and too long to match another digest by chance.
std::string shown_digest(base::BytesView digest)
{
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(digest.size(), 16); i += 2)
        text += base::to_hex(digest.subspan(i, 2)) + " ";
    return text + "…";
}

// The number of wrong PINs that were counted, for tokens that do not report it. It has a line of its own because the
// field's line is short.
std::string wrong_pins_of(const pkcs11::PinState& pin, const PinHistory& history, Language language)
{
    if (pin.final_try || history.tries_left)
        return {};
    if (history.refused > 1)
        return language.counted(history.refused, "  PIN     {} wrong one was typed before\n",
                                "  PIN     {} wrong ones were typed before\n");
    if (pin.low || history.refused == 1)
        return language.phrase("  PIN     a wrong one was typed before\n");
    return {};
}

// Shown before the PIN is asked for, so that nobody looks for a PIN that the token will not accept.
std::string pin_not_ready(const pkcs11::PinState& pin, Language language)
{
    if (pin.not_set)
        return language.phrase("  PIN     none was ever set, says the token: set one first,\n"
                               "          with the program that came with it\n");
    if (pin.to_be_changed)
        return language.phrase("  PIN     it must be changed first, says the token:\n"
                               "          do that with the program that came with it\n");
    return {};
}

std::string request_for_signature(const std::string& program, const PromptRequest& request, Language language)
{
    const Occasion occasion = occasion_of(request.caller, request.key.facts, request.attributes);
    std::string text = language.phrase("{} (as it claims) wants a signature.\n", program);
    text += request.program_note;
    text += language.translated("ITS CONTENT CANNOT BE SHOWN.\n");
    text += sign_only_if(occasion, language);
    return text + "\n\n";
}

std::string request_for_decryption(const std::string& program, const std::string& note, Language language)
{
    std::string text = language.phrase("{} (as it claims) wants to open an encrypted message.\n", program);
    text += note;
    text += language.translated("IT WILL BE ABLE TO READ ALL OF IT.\n");
    text += language.translated("Go on only if you opened one just now.\n\n");
    return text;
}

std::string with_key(const Key& key, Language language)
{
    const mail::cms::CertificateFacts& facts = key.facts;
    if (key.certificate.empty())
        return language.phrase("  With    the key \"{}\", which has no certificate\n", shown(key.label, kNameColumns));
    const std::string holder = facts.addresses.empty() ? facts.subject_name : facts.addresses.front();
    return language.phrase("  With    {} (certificate until {})\n", shown(holder, kNameColumns),
                           base::shown_date(facts.not_after, language));
}

// Says which token is meant if the label alone does not.
std::string place_of(const Key& key, Language language)
{
    if (!key.has_namesake)
        return {};
    return language.phrase("  Token   serial {}, in {}\n",
                           shown(key.token.serial.empty() ? "-" : key.token.serial, kNameColumns / 2),
                           shown(key.token.reader, kNameColumns));
}

// What the attributes reveal about a content that cannot be shown.
std::string shown_attributes(const mail::cms::SignedAttributes& attributes, Language language)
{
    std::string text = attributes.of_mail   ? language.phrase("  What    a mail (S/MIME)")
                       : attributes.of_data ? language.phrase("  What    a file or a mail (CMS)")
                                            : language.phrase("  What    neither a mail nor a file (CMS)");
    if (attributes.signing_time)
        text += language.phrase(
            ", dated {}",
            base::shown_time(std::chrono::floor<std::chrono::seconds>(*attributes.signing_time), language));
    return text + language.phrase("\n  Digest  {}\n", shown_digest(attributes.message_digest));
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
        text += language.phrase("  Digest  {} {}\n", base::to_string(base::traits(signature->scheme).hash),
                                shown_digest(signature->digest.bytes()));
    if (request.waiting > 1)
        text += language.phrase("  {} of {} waiting requests\n", request.place, request.waiting);
    return text + pin_not_ready(request.pin, language) + wrong_pins_of(request.pin, history, language);
}

constexpr std::size_t kBriefColumns = 40;

std::string brief_of(const PromptRequest& request, Language language)
{
    const mail::cms::CertificateFacts& facts = request.key.facts;
    const auto* signature = std::get_if<pkcs11::Signature>(&request.operation);
    std::string who =
        base::shown(request.program, kBriefColumns / 2) +
        (request.program_note.empty() ? language.phrase(" (as it claims)") : language.phrase(" (NOT THE SYSTEM'S)"));
    std::string text = who + "\n" +
                       shown(facts.addresses.empty() ? facts.subject_name : facts.addresses.front(), kBriefColumns) +
                       "\n";
    if (signature == nullptr)
        return text + language.phrase("IT WILL READ ALL OF A MESSAGE.\nDid you open one just now?");
    text += shown_digest(request.attributes != nullptr ? base::BytesView(request.attributes->message_digest)
                                                       : base::BytesView(signature->digest.bytes()));
    return text + "\n" + std::string(just_now(occasion_of(request.caller, facts, request.attributes), language));
}

std::string brief_prompt_of(const pkcs11::PinState& pin, const PinHistory& history, Language language)
{
    if (pin.final_try)
        return language.phrase("PIN (LAST TRY):");
    if (history.tries_left)
        return language.phrase("PIN ({} left):", *history.tries_left);
    return language.phrase("PIN:");
}

// Returns text such as "6 to 8".
std::string shown_lengths(const pkcs11::PinState& pin, Language language)
{
    if (pin.longest == 0)
        return language.phrase("at least {}", pin.shortest);
    if (pin.shortest == 0)
        return language.phrase("at most {}", pin.longest);
    if (pin.shortest == pin.longest)
        return std::to_string(pin.longest);
    return language.phrase("{} to {}", pin.shortest, pin.longest);
}

std::string error_of(PinProblem problem, const pkcs11::PinState& pin, Language language)
{
    switch (problem) {
    case PinProblem::none:
        return {};
    case PinProblem::incorrect:
        return language.phrase("The token refused that PIN.");
    case PinProblem::refused_before:
        return language.phrase("The token refused that same PIN just now; it was not sent again.");
    case PinProblem::empty:
        return language.phrase("No PIN was typed; nothing was sent.");
    case PinProblem::too_long:
        return language.phrase("That is longer than any PIN; nothing was sent.");
    case PinProblem::unlikely:
        return language.phrase("This token's PIN has {} characters. Not sent; to insist, retype it.",
                               shown_lengths(pin, language));
    }
    return {};
}

// The tries that are left according to the token, shown beside the field.
std::string tries_of(const pkcs11::PinState& pin, const PinHistory& history, Language language)
{
    if (pin.final_try)
        return language.phrase(" (THE LAST TRY)");
    if (!history.tries_left)
        return {};
    return language.counted(*history.tries_left, " ({} try left)", " ({} tries left)");
}

} // namespace

PromptText pin_prompt(const PromptRequest& request, const PinHistory& history, Language language)
{
    const std::string token = name_of(request.key.token);
    const bool signs = std::holds_alternative<pkcs11::Signature>(request.operation);
    return {
        .title = signs ? language.phrase("Sceau: sign?") : language.phrase("Sceau: decrypt?"),
        .description = description_of(request, history, language),
        .prompt = language.phrase("PIN of \"{}\"{}:", token, tries_of(request.pin, history, language)),
        .error = error_of(history.problem, request.pin, language),
        .ok = signs ? language.phrase("Sign") : language.phrase("Decrypt"),
        .cancel = language.phrase("Cancel"),
        .brief = brief_of(request, language),
        .brief_prompt = brief_prompt_of(request.pin, history, language),
    };
}

std::string_view last_try_word(Language language)
{
    return language.translated("LAST");
}

PromptText last_try_prompt(const Key& key, bool again, Language language)
{
    const std::string token = name_of(key.token);
    return {
        .title = language.phrase("Sceau: the last try"),
        .description = language.phrase("ONE TRY IS LEFT for the PIN of \"{0}\".\n"
                                       "One more wrong PIN locks the token, and nobody can use it\n"
                                       "until it is unblocked.\n"
                                       "\n"
                                       "If you are sure of your PIN, type the word {1} here (not the PIN).\n",
                                       token, last_try_word(language)) +
                       place_of(key, language),
        .prompt = language.phrase("The word {}:", last_try_word(language)),
        .error = again ? language.phrase("That was not the word; nothing was sent to the token.") : std::string(),
        .ok = language.phrase("Go on"),
        .cancel = language.phrase("Cancel"),
        .brief = language.phrase("ONE TRY IS LEFT for the PIN of \"{0}\".\n"
                                 "One more wrong PIN locks it. If you are sure\n"
                                 "of yours, type {1} here.",
                                 shown(key.token.label, 12), last_try_word(language)),
        .brief_prompt = language.phrase("{}:", last_try_word(language)),
    };
}

PromptText pad_notice(const PromptRequest& request, Language language)
{
    PromptText text = pin_prompt(request, {}, language);
    text.description +=
        language.phrase("\nTYPE THE PIN OF \"{}\" ON THE READER'S OWN KEYS.\n", name_of(request.key.token));
    text.ok = text.cancel; // the notice has only this button
    return text;
}

PromptText missing_token_notice(const std::string& program, const Key& key, Language language)
{
    return {.title = language.phrase("Sceau: plug in a token"),
            .description = language.phrase("{} (as it claims) is waiting for a token.\n"
                                           "\n"
                                           "Plug in \"{}\", and it will go on by itself.\n",
                                           shown(program, kNameColumns), shown(key.token.label, kNameColumns)),
            .prompt = {},
            .error = {},
            .ok = language.phrase("Hide"),
            .cancel = language.phrase("Cancel")};
}

PromptText locked_message(const Key& key, const std::string& contact, Language language)
{
    std::string text = language.phrase("THE PIN OF \"{}\" IS LOCKED: too many wrong ones were typed.\n\n"
                                       "Nothing was done. Whoever has the token's PUK can unblock it\n"
                                       "and set a new PIN, with the program that came with the token.\n",
                                       name_of(key.token)) +
                       place_of(key, language);
    if (!contact.empty())
        text += language.phrase("Call: {}\n", shown(contact, 2 * kNameColumns));
    return {.title = language.phrase("Sceau: PIN locked"),
            .description = std::move(text),
            .prompt = {},
            .error = {},
            .ok = language.phrase("Close"),
            .cancel = {}};
}

} // namespace sceau::agent
