#include "agent/person/prompt.h"

#include "agent/person/occasion.h"
#include "base/display_text.h"
#include "base/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

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
        return language.counted(history.refused, "PIN: {} wrong one was typed before",
                                "PIN: {} wrong ones were typed before");
    if (pin.low || history.refused == 1)
        return language.phrase("PIN: a wrong one was typed before");
    return {};
}

// Shown before the PIN is asked for, so that nobody looks for a PIN that the token will not accept.
std::string pin_not_ready(const pkcs11::PinState& pin, Language language)
{
    if (pin.not_set)
        return language.phrase(
            "PIN: none was ever set, says the token: set one first, with the program that came with it");
    if (pin.to_be_changed)
        return language.phrase(
            "PIN: it must be changed first, says the token: do that with the program that came with it");
    return {};
}

std::string with_key(const Key& key, Language language)
{
    const mail::cms::CertificateFacts& facts = key.facts;
    if (key.certificate.empty())
        return language.phrase("With: the key \"{}\", which has no certificate", shown(key.label, kNameColumns));
    const std::string holder = facts.addresses.empty() ? facts.subject_name : facts.addresses.front();
    return language.phrase("With: {} (certificate until {})", shown(holder, kNameColumns),
                           base::shown_date(facts.not_after, language));
}

// Says which token is meant if the label alone does not.
std::string place_of(const Key& key, Language language)
{
    if (!key.has_namesake)
        return {};
    return language.phrase("Token: serial {}, in {}",
                           shown(key.token.serial.empty() ? "-" : key.token.serial, kNameColumns / 2),
                           shown(key.token.reader, kNameColumns));
}

// What the attributes reveal about a content that cannot be shown.
std::string shown_attributes(const mail::cms::SignedAttributes& attributes, Language language)
{
    std::string text = attributes.of_mail   ? language.phrase("What: a mail (S/MIME)")
                       : attributes.of_data ? language.phrase("What: a file or a mail (CMS)")
                                            : language.phrase("What: neither a mail nor a file (CMS)");
    if (attributes.signing_time)
        text += language.phrase(
            ", dated {}",
            base::shown_time(std::chrono::floor<std::chrono::seconds>(*attributes.signing_time), language));
    return text;
}

std::string place_line(const Key& key, Language language)
{
    const std::string place = place_of(key, language);
    return place.empty() ? place : place + "\n";
}

void append_field(Lines& lines, const std::string& field)
{
    if (field.empty())
        return;
    const Lines more = field_lines(field);
    lines.insert(lines.end(), more.begin(), more.end());
}

// The lines of a text of our own.
void append_lines(Lines& lines, std::string_view text)
{
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        append_field(lines, std::string(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

ipc::Level level_of(const PromptRequest& request)
{
    return request.content == nullptr ? ipc::Level::unseen : request.content->level;
}

Lines who_asks(const PromptRequest& request, Language language)
{
    Lines lines;
    append_field(lines, language.phrase("Asked by: {} (as it claims)", shown(request.program, kNameColumns)));
    append_lines(lines, request.program_note);
    return lines;
}

// The first lines of the dialog that asks for the PIN to sign.
Lines signature_head(const PromptRequest& request, bool all, Language language)
{
    const ipc::Level level = level_of(request);
    Lines lines;
    append_field(lines, headline(level, all, language));
    if (level != ipc::Level::unseen && request.kind == Content::certificate_request)
        append_field(lines, language.phrase("It is a request for a certificate, not a mail."));
    if (level != ipc::Level::proven)
        append_field(lines, std::string(sign_only_if(occasion_of(request.caller, request.key.facts, request.attributes),
                                                     language)));
    const Lines who = who_asks(request, language);
    lines.insert(lines.end(), who.begin(), who.end());
    return lines;
}

Lines decryption_head(const PromptRequest& request, Language language)
{
    Lines lines{language.phrase("WHOEVER ASKS WILL BE ABLE TO READ ALL OF A MESSAGE.")};
    append_field(lines, language.phrase("Go on only if you opened an encrypted one just now."));
    const Lines who = who_asks(request, language);
    lines.insert(lines.end(), who.begin(), who.end());
    return lines;
}

// The last lines of the dialog that asks for the PIN: with what is signed, and what else a person should know.
Lines last_lines(const PromptRequest& request, const PinHistory& history, Language language)
{
    Lines lines;
    append_field(lines, with_key(request.key, language));
    append_field(lines, place_of(request.key, language));
    const auto* signature = std::get_if<pkcs11::Signature>(&request.operation);
    if (signature != nullptr && level_of(request) != ipc::Level::proven) {
        if (request.attributes != nullptr) {
            append_field(lines, shown_attributes(*request.attributes, language));
            append_field(lines, language.phrase("Digest: {}", shown_digest(request.attributes->message_digest)));
        } else {
            append_field(lines, language.phrase("Digest: {} {}", base::to_string(base::traits(signature->scheme).hash),
                                                shown_digest(signature->digest.bytes())));
        }
    }
    if (request.waiting > 1)
        append_field(lines, language.phrase("{} of {} waiting requests", request.place, request.waiting));
    append_field(lines, pin_not_ready(request.pin, language));
    append_field(lines, wrong_pins_of(request.pin, history, language));
    return lines;
}

std::string left_out_of(const std::vector<PartText>& parts, Language language)
{
    std::string all;
    for (const PartText& part : parts)
        if (part.left_out > 0)
            all += (all.empty() ? "" : ", ") + more_of(part.part, part.left_out, language);
    return all.empty() ? all : language.phrase("NOT SHOWN: {}", all);
}

// Everything on one page, if it fits there.
std::optional<std::string> one_page(const Lines& head, const std::vector<PartText>& parts, const Lines& last)
{
    Page page(last);
    page.add(head);
    for (const PartText& part : parts)
        for (const Lines& field : part.fields)
            page.add(field);
    return page.fits({}) ? std::optional(page.end()) : std::nullopt;
}

// The pages before the last one, each without its first two lines.
std::vector<Page> content_pages(const std::vector<PartText>& parts, const Lines& reserved, Language language)
{
    std::vector<Page> pages{Page(reserved)};
    for (const PartText& part : parts) {
        for (const Lines& field : part.fields) {
            if (pages.back().try_add(field))
                continue;
            const bool is_first = &field == &part.fields.front();
            if (is_first || part.heading.empty())
                pages.emplace_back(reserved);
            else if (!pages.back().fits({""}))
                pages.emplace_back(reserved).add(part.heading);
            if (pages.back().try_add(field))
                continue;
            for (const std::string& line : field) // longer than a page
                if (!pages.back().try_add({line})) {
                    pages.emplace_back(reserved).add(part.heading);
                    pages.back().add({line});
                }
        }
        if (part.left_out == 0)
            continue;
        const Lines left_out =
            field_lines(language.phrase("NOT SHOWN: {}", more_of(part.part, part.left_out, language)));
        if (!pages.back().try_add(left_out))
            pages.emplace_back(reserved).add(left_out);
    }
    return pages;
}

// What the last page repeats of the pages before.
Lines essentials(const std::vector<PartText>& parts, const Lines& head, const Lines& last, Language language)
{
    struct Repeated {
        Part part;
        std::size_t fields;
        std::size_t lines;
    };
    constexpr std::array kRepeated{Repeated{Part::recipients, 3, 2}, Repeated{Part::money, 2, 1},
                                   Repeated{Part::subject, 1, 2}};
    Page page(last);
    page.add(head);
    Lines lines;
    const auto add_within = [&](const Lines& more) {
        if (!page.try_add(more))
            return false;
        lines.insert(lines.end(), more.begin(), more.end());
        return true;
    };
    for (const Repeated& repeated : kRepeated) {
        const auto part = std::ranges::find(parts, repeated.part, &PartText::part);
        if (part == parts.end())
            continue;
        const std::size_t all = part->fields.size() + part->left_out;
        std::size_t count = 0;
        for (; count < std::min(part->fields.size(), repeated.fields); ++count) {
            Lines field = part->fields[count];
            if (field.size() > repeated.lines) {
                field.resize(repeated.lines); // it is whole on a page before
                field.back() = base::wrapped(field.back(), kPageColumns - 1, kPageColumns).front() + "…";
            }
            const Lines rest = all == count + 1 || repeated.part == Part::subject
                                   ? Lines{}
                                   : field_lines(language.phrase("On the pages before: {}",
                                                                 more_of(part->part, all - count - 1, language)));
            Lines both = field;
            both.insert(both.end(), rest.begin(), rest.end());
            if (!page.fits(both))
                break;
            add_within(field);
        }
        if (count < all && repeated.part != Part::subject)
            add_within(
                field_lines(language.phrase("On the pages before: {}", more_of(part->part, all - count, language))));
    }
    return lines;
}

void write_pages(PromptText& text, const PromptRequest& request, const PinHistory& history, Language language)
{
    const bool signs = std::holds_alternative<pkcs11::Signature>(request.operation);
    std::vector<PartText> parts;
    if (signs && request.content != nullptr)
        parts = content_text(*request.content, request.kind, request.program, language);
    text.has_content = !parts.empty();
    const std::string left_out = left_out_of(parts, language);
    const bool all = left_out.empty() && std::ranges::none_of(parts, &PartText::is_cut);
    Lines head = signs ? signature_head(request, all, language) : decryption_head(request, language);
    Lines last = last_lines(request, history, language);
    if (left_out.empty())
        if (auto page = one_page(head, parts, last)) {
            text.description = *std::move(page);
            return;
        }
    const Lines title = field_lines(headline(level_of(request), all, language));
    const auto number = [&](std::size_t page, std::size_t pages) {
        return language.phrase("Page {} of {}", page, pages);
    };
    Lines reserved = title;
    reserved.push_back(number(88, 88));
    const std::vector<Page> pages = content_pages(parts, reserved, language);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        Lines first = title;
        first.push_back(number(i + 1, pages.size() + 1));
        text.pages.push_back(pages[i].below(first));
    }
    head.insert(head.begin() + static_cast<std::ptrdiff_t>(title.size()), number(pages.size() + 1, pages.size() + 1));
    if (!left_out.empty())
        append_field(head, left_out);
    Page page(last);
    page.add(head);
    page.add(essentials(parts, head, last, language));
    text.description = page.end();
}

constexpr std::size_t kBriefColumns = 40;

// The first field of a part, as it is on its page, with what follows counted.
std::string brief_field(const std::vector<PartText>& parts, Part wanted)
{
    const auto part = std::ranges::find(parts, wanted, &PartText::part);
    if (part == parts.end() || part->fields.empty())
        return {};
    const std::size_t others = part->fields.size() + part->left_out - 1;
    const std::string count = others == 0 || wanted == Part::subject ? "" : fmt::format(" +{}", others);
    return shown(part->fields.front().front(), kBriefColumns - count.size()) + count;
}

std::string brief_of_unseen(const PromptRequest& request, const pkcs11::Signature& signature)
{
    const mail::cms::CertificateFacts& facts = request.key.facts;
    const base::BytesView digest = request.attributes != nullptr ? base::BytesView(request.attributes->message_digest)
                                                                 : base::BytesView(signature.digest.bytes());
    return shown(facts.addresses.empty() ? facts.subject_name : facts.addresses.front(), kBriefColumns) + "\n" +
           shown_digest(digest);
}

std::string brief_of(const PromptRequest& request, Language language)
{
    const mail::cms::CertificateFacts& facts = request.key.facts;
    const auto* signature = std::get_if<pkcs11::Signature>(&request.operation);
    const std::string who =
        base::shown(request.program, kBriefColumns / 2) +
        (request.program_note.empty() ? language.phrase(" (as it claims)") : language.phrase(" (NOT THE SYSTEM'S)"));
    const std::string holder =
        shown(facts.addresses.empty() ? facts.subject_name : facts.addresses.front(), kBriefColumns);
    if (signature == nullptr)
        return who + "\n" + holder + "\n" +
               language.phrase("IT WILL READ ALL OF A MESSAGE.\nDid you open one just now?");
    const ipc::Level level = level_of(request);
    if (level == ipc::Level::unseen)
        return "[!] " + std::string(just_now(occasion_of(request.caller, facts, request.attributes), language)) + "\n" +
               who + "\n" + brief_of_unseen(request, *signature);
    const std::vector<PartText> parts = content_text(*request.content, request.kind, request.program, language);
    const std::string money = brief_field(parts, Part::money);
    return (level == ipc::Level::proven ? language.phrase("[=] AS SHOWN BEFORE, EXACTLY.")
                                        : language.phrase("[?] WHAT THE PROGRAM SAYS, NOT CHECKED.")) +
           "\n" + who + "\n" + brief_field(parts, Part::recipients) + "\n" +
           (money.empty() ? brief_field(parts, Part::subject) : money);
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

// Titles and buttons differ with the level, since some desktops draw them larger than the text.
std::string title_to_sign(const PromptRequest& request, Language language)
{
    switch (level_of(request)) {
    case ipc::Level::proven:
        return request.kind == Content::certificate_request ? language.phrase("Sceau: request this certificate?")
               : request.kind == Content::mail              ? language.phrase("Sceau: sign this mail?")
                                                            : language.phrase("Sceau: sign this?");
    case ipc::Level::claimed:
        return language.phrase("Sceau: sign unchecked?");
    case ipc::Level::unseen:
        break;
    }
    return language.phrase("Sceau: SIGN UNSEEN?");
}

std::string button_to_sign(ipc::Level level, Language language)
{
    return level == ipc::Level::proven    ? language.phrase("Sign")
           : level == ipc::Level::claimed ? language.phrase("Sign unchecked")
                                          : language.phrase("Sign unseen");
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
    PromptText text{
        .title = signs ? title_to_sign(request, language) : language.phrase("Sceau: decrypt?"),
        .description = {},
        .prompt = language.phrase("PIN of \"{}\"{}:", token, tries_of(request.pin, history, language)),
        .error = error_of(history.problem, request.pin, language),
        .ok = signs ? button_to_sign(level_of(request), language) : language.phrase("Decrypt"),
        .cancel = language.phrase("Cancel"),
        .brief = brief_of(request, language),
        .brief_prompt = brief_prompt_of(request.pin, history, language),
        .next = language.phrase("Next page"),
    };
    write_pages(text, request, history, language);
    if (history.problem != PinProblem::none)
        text.pages.clear(); // they were shown before the PIN was typed
    return text;
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
                       place_line(key, language),
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

std::string_view recipients_word(Language language)
{
    // Translators: a word of ASCII letters that the person types.
    return language.translated("SEND");
}

PromptText recipients_prompt(const std::vector<std::string>& domains, bool again, Language language)
{
    constexpr std::size_t kMostShown = 6;
    std::string list;
    for (std::size_t i = 0; i < std::min(domains.size(), kMostShown); ++i)
        list += "> " + shown(domains[i], kPageColumns - 2) + "\n";
    if (domains.size() > kMostShown)
        list += language.counted(domains.size() - kMostShown, "> and {} more\n", "> and {} more\n");
    const std::string_view word = recipients_word(language);
    return {
        .title = language.phrase("Sceau: other recipients"),
        .description = language.phrase("THIS MAIL GOES OUTSIDE YOUR ORGANISATION, TO:\n") + list +
                       language.phrase("\n"
                                       "Its content is shown next, before you are asked for the PIN.\n"
                                       "If you know that it goes there, type the word {} here\n"
                                       "(not the PIN).\n",
                                       word),
        .prompt = language.phrase("The word {}:", word),
        .error = again ? language.phrase("That was not the word; nothing was signed.") : std::string(),
        .ok = language.phrase("Go on"),
        .cancel = language.phrase("Cancel"),
        .brief = language.phrase("THE MAIL GOES OUTSIDE, TO:\n") + shown(domains.empty() ? "" : domains.front(), 40) +
                 (domains.size() > 1 ? " …" : "") + "\n" + language.phrase("If you know that, type {} here.", word),
        .brief_prompt = language.phrase("{}:", word),
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
                       place_line(key, language);
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
