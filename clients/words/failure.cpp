#include "clients/words/failure.h"

#include "base/display_text.h"
#include "base/error_table.h"
#include "base/installation.h"
#include "base/moment.h"
#include "clients/words/obstacle.h"
#include "clients/words/reason.h"
#include "clients/words/sentence.h"
#include "mail/cms/certificate.h"

#include <sysexits.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace sceau::words {

using base::ErrorCode;
using sending::Failure;
using sending::Interrupted;
using sending::NoKeyFits;
using sending::NoKeys;
using sending::NotTheSender;
using sending::PassedOver;
using sending::Unfit;

namespace {

constexpr int kInterrupted = 130; // 128 + SIGINT
constexpr std::size_t kNamedColumns = 64;
constexpr std::size_t kReasonColumns = 400;

struct Explanation {
    ErrorCode code;
    std::string_view what; // {}: the error's own words, which are English
    std::string_view next; // what the person can do; empty if nothing helps
};

constexpr std::string_view kAskTechnician =
    base::translatable("If it happens again, show this to whoever looks after this computer.");
constexpr std::string_view kRestart =
    base::translatable("The agent and the command may be different versions: systemctl --user restart sceau-agent");

constexpr std::array kExplanations = {
    Explanation{ErrorCode::key_not_found, base::translatable("No token that is plugged in has this key."),
                base::translatable("See the keys that are there: sceau keys")},
    Explanation{ErrorCode::token_absent, base::translatable("The token is not plugged in."),
                base::translatable("Plug it in and try again.")},
    Explanation{ErrorCode::pin_incorrect, base::translatable("The PIN was wrong: nothing was signed."),
                base::translatable("Try again with the right one.")},
    Explanation{ErrorCode::pin_locked, base::translatable("The token is locked: it takes no more PINs."),
                base::translatable("Unlock it with its PUK, or ask whoever gave it to you.")},
    Explanation{
        ErrorCode::pin_final_try, base::translatable("One more wrong PIN would lock the token, so none was sent."),
        base::translatable("Make sure of the PIN, and enter it once with the program that came with the token.")},
    Explanation{
        ErrorCode::pin_to_be_changed,
        base::translatable("The token wants its PIN changed, or set for the first time, before it is used."),
        base::translatable("Do that with the program that came with the token, or ask whoever gave it to you.")},
    Explanation{ErrorCode::cancelled, base::translatable("Cancelled: nothing was signed."), {}},
    Explanation{ErrorCode::timed_out, base::translatable("Neither PIN nor token came in time: nothing was signed."),
                base::translatable("Try again.")},
    Explanation{ErrorCode::not_permitted, base::translatable("Not permitted: {}."),
                base::translatable("If that surprises you, ask whoever looks after this computer.")},
    Explanation{ErrorCode::evidence_mismatch, base::translatable("What would be signed cannot be shown as it is: {}."),
                kAskTechnician},
    Explanation{ErrorCode::unsupported, base::translatable("That cannot be done: {}."), {}},
    Explanation{ErrorCode::busy, base::translatable("Not now: {}."),
                base::translatable("Try again in a moment; if another program keeps the token, close it.")},
    Explanation{ErrorCode::token_failed, base::translatable("The token failed: {}."),
                base::translatable("Unplug it, plug it in again and try again.")},
    Explanation{
        ErrorCode::journal_failed,
        base::translatable("It could not be recorded in the journal, so nothing was released: {}."),
        base::translatable("Make room on the disk, or see to it that the journal can be written, and try again.")},
    Explanation{ErrorCode::internal, base::translatable("A fault in Sceau: {}."), kAskTechnician},
    Explanation{ErrorCode::invalid_parameter, base::translatable("That is not a valid request: {}."), {}},
    Explanation{ErrorCode::method_not_found, base::translatable("The agent does not know this request: {}."), kRestart},
    Explanation{ErrorCode::interface_not_found, base::translatable("The agent does not know this request: {}."),
                kRestart},
    Explanation{ErrorCode::expected_more, base::translatable("The agent did not understand the request."), kRestart},
    Explanation{ErrorCode::bad_frame, base::translatable("The agent and the command do not understand each other: {}."),
                kRestart},
    Explanation{ErrorCode::agent_unreachable,
                base::translatable("The agent does not answer: {}."),
                {}}, // how_to_start_the_agent
    Explanation{ErrorCode::bad_message, base::translatable("The mail cannot be used as it is: {}."),
                base::translatable("It was left as it is.")},
    Explanation{ErrorCode::io, base::translatable("{}."), {}},
};

constexpr bool is_explained(const base::ErrorTraits& error)
{
    return std::ranges::find(kExplanations, error.code, &Explanation::code) != kExplanations.end();
}
static_assert(std::ranges::all_of(base::kErrors, is_explained));

const Explanation& explanation(ErrorCode code)
{
    return *std::ranges::find(kExplanations, code, &Explanation::code);
}

// The folder of the agent's socket is also where systemctl finds the person's service manager.
std::string how_to_start_the_agent(const Console& console)
{
    const std::filesystem::path folder = base::runtime_folder();
    if (folder.empty() && std::getenv("SCEAU_SOCKET") == nullptr)
        return console.phrase("Log in on this machine as the person whose token it is, or name the agent's socket in "
                              "SCEAU_SOCKET.");
    const char* named = std::getenv("XDG_RUNTIME_DIR");
    const bool is_named = folder.empty() || (named != nullptr && folder == named);
    return console.phrase("Start it: {}systemctl --user start sceau-agent",
                          is_named ? "" : "XDG_RUNTIME_DIR=" + folder.string() + " ");
}

struct Explain {
    const Console& console;

    std::string operator()(const base::Error& error) const
    {
        const Explanation& entry = explanation(error.code);
        std::string detail = base::shown(error.message, kReasonColumns);
        if (detail.ends_with('.'))
            detail.pop_back();
        std::string what = sentence(entry.what, detail);
        if (error.tries_left)
            what += " " + console.phrase("Tries left: {}.", *error.tries_left);
        if (error.code == ErrorCode::agent_unreachable)
            return message(what, how_to_start_the_agent(console));
        return message(what, console.phrase(fmt::runtime(entry.next)));
    }

    // A reason without a translation stands alone, so that it is not part of a sentence in another language.
    std::string sentence(std::string_view what, const std::string& detail) const
    {
        const auto known = reason_in(console.language, detail);
        const std::string_view pattern = console.language.translated(what);
        const std::size_t end = pattern.find("{}");
        if (known || end == std::string_view::npos)
            return console.phrase(fmt::runtime(what), known.value_or(detail));
        const std::string_view without = pattern.substr(0, pattern.substr(0, end).find_last_not_of(" :") + 1);
        return fmt::format("{}.\n       {}", without, console.phrase("In English: {}.", detail));
    }

    std::string operator()(const Interrupted&) const { return message(console.phrase("Interrupted.")); }

    std::string operator()(const NoKeys& none) const
    {
        if (!none.seen.tokens.empty() || !none.seen.obstacles.empty())
            return explained(none.seen.tokens, console) + explained(none.seen.obstacles, console);
        return message(console.phrase("No token with a key is plugged in."),
                       console.phrase("Plug it in and try again."));
    }

    std::string operator()(const NotTheSender& mail) const
    {
        return message(console.phrase("The mail is not from {}, so receivers would not trust the signature.",
                                      base::shown(mail.address, kNamedColumns)),
                       console.phrase("Its sender is {}.", names(mail.senders)));
    }

    std::string operator()(const NoKeyFits& none) const
    {
        std::string text = message(console.phrase("No key can sign for {}:", names(none.senders)));
        for (const PassedOver& passed : none.keys)
            text +=
                fmt::format("  {} \"{}\" {}: {}\n", passed.key.id.hex().substr(0, 16),
                            base::shown(passed.key.token_label, kNamedColumns),
                            passed.key.certificate.empty() ? base::shown(passed.key.label.value_or("?"), kNamedColumns)
                                                           : names(passed.key.addresses),
                            explained(passed.reason, passed.key, console));
        return text + explained(none.obstacles, console);
    }

    std::string names(const std::vector<std::string>& addresses) const
    {
        std::vector<std::string> clean;
        clean.reserve(addresses.size());
        for (const std::string& address : addresses)
            clean.push_back(base::shown(address, kNamedColumns));
        return clean.empty() ? "?" : enumerated(clean, console.language);
    }
};

} // namespace

int exit_status(const Failure& failure)
{
    if (const auto* error = std::get_if<base::Error>(&failure))
        return base::traits(error->code).exit_status;
    if (std::holds_alternative<Interrupted>(failure))
        return kInterrupted;
    return std::holds_alternative<NoKeys>(failure) ? EX_TEMPFAIL : EX_NOPERM;
}

std::string explained(const Failure& failure, const Console& console)
{
    return std::visit(Explain{console}, failure);
}

std::string explained(Unfit reason, const ipc::Key& key, const Console& console)
{
    const auto facts = mail::cms::read_certificate(key.certificate);
    switch (reason) {
    case Unfit::other_address:
        return console.phrase("its certificate is for another address");
    case Unfit::expired:
        return console.phrase("expired on {}", base::shown_date(facts->not_after, console.language));
    case Unfit::not_yet_valid:
        return console.phrase("not valid before {}", base::shown_date(facts->not_before, console.language));
    case Unfit::may_not_sign:
        return console.phrase("its certificate does not allow signatures");
    case Unfit::not_for_mail:
        return console.phrase("its certificate is not for mail");
    case Unfit::no_scheme:
        return console.phrase("Sceau cannot use this kind of key");
    case Unfit::missing:
        return console.phrase("the token has this certificate, but not its key");
    case Unfit::no_certificate:
        return console.phrase("it has no certificate, which mail needs");
    case Unfit::unreadable:
        break;
    }
    return console.phrase("its certificate cannot be read");
}

std::string_view name_of(const Failure& failure)
{
    if (const auto* error = std::get_if<base::Error>(&failure))
        return base::to_string(error->code);
    if (std::holds_alternative<Interrupted>(failure))
        return "interrupted";
    if (std::holds_alternative<NoKeys>(failure))
        return "no_keys";
    return std::holds_alternative<NotTheSender>(failure) ? "not_the_sender" : "no_key_fits";
}

} // namespace sceau::words
