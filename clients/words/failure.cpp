#include "clients/words/failure.h"

#include "base/display_text.h"
#include "base/error_table.h"
#include "base/installation.h"
#include "clients/words/moment.h"
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

struct Saying {
    std::string_view english;
    std::string_view french;
};

struct Explanation {
    ErrorCode code;
    Saying what; // {}: the error's own words, which are English
    Saying next; // what the person can do; empty where nothing helps
};

constexpr Saying kAskTechnician = {"If it happens again, show this to whoever looks after this computer.",
                                   "Si cela se reproduit, montrez ceci à la personne qui s'occupe de cet ordinateur."};
constexpr Saying kRestart = {"Agent and command may be of different versions: systemctl --user restart sceau-agent",
                             "L'agent et la commande sont peut-être de versions différentes : "
                             "systemctl --user restart sceau-agent"};

constexpr std::array kExplanations = {
    Explanation{ErrorCode::key_not_found,
                {"No token that is plugged in has this key.", "Aucun jeton branché n'a cette clé."},
                {"See the keys that are there: sceau keys", "Voyez les clés présentes : sceau keys"}},
    Explanation{ErrorCode::token_absent,
                {"The token is not plugged in.", "Le jeton n'est pas branché."},
                {"Plug it in and try again.", "Branchez-le et recommencez."}},
    Explanation{ErrorCode::pin_incorrect,
                {"The PIN was wrong: nothing was signed.", "Le code PIN était faux : rien n'a été signé."},
                {"Try again with the right one.", "Recommencez avec le bon code."}},
    Explanation{ErrorCode::pin_locked,
                {"The token is locked: it takes no more PINs.", "Le jeton est bloqué : il n'accepte plus de code PIN."},
                {"Unlock it with its PUK, or ask whoever gave it to you.",
                 "Débloquez-le avec son code PUK, ou demandez à qui vous l'a remis."}},
    Explanation{ErrorCode::pin_final_try,
                {"One wrong PIN more would lock the token, so none was sent.",
                 "Un code PIN faux de plus bloquerait le jeton ; aucun n'a été envoyé."},
                {"Make sure of the PIN, and enter it once with the program that came with the token.",
                 "Vérifiez le code, et saisissez-le une fois avec le programme fourni avec le jeton."}},
    Explanation{ErrorCode::pin_to_be_changed,
                {"The token wants its PIN changed, or set for the first time, before it is used.",
                 "Le jeton demande que son code PIN soit changé, ou défini une première fois, avant tout usage."},
                {"Do that with the program that came with the token, or ask whoever gave it to you.",
                 "Faites-le avec le programme fourni avec le jeton, ou demandez à qui vous l'a remis."}},
    Explanation{ErrorCode::cancelled, {"Cancelled: nothing was signed.", "Annulé : rien n'a été signé."}, {}},
    Explanation{ErrorCode::timed_out,
                {"The PIN or the token did not come in time: nothing was signed.",
                 "Le code PIN ou le jeton ne sont pas venus à temps : rien n'a été signé."},
                {"Try again.", "Recommencez."}},
    Explanation{ErrorCode::not_permitted,
                {"Not permitted: {}.", "Refusé : {}."},
                {"If that surprises you, ask whoever looks after this computer.",
                 "Si cela vous étonne, demandez à la personne qui s'occupe de cet ordinateur."}},
    Explanation{ErrorCode::evidence_mismatch,
                {"What was to be shown is not what was to be signed: {}.",
                 "Ce qui devait être montré n'est pas ce qui devait être signé : {}."},
                kAskTechnician},
    Explanation{ErrorCode::unsupported, {"That cannot be done: {}.", "C'est impossible : {}."}, {}},
    Explanation{ErrorCode::busy,
                {"Not now: {}.", "Pas maintenant : {}."},
                {"Try again in a moment; if another program keeps the token, close it.",
                 "Recommencez dans un instant ; si un autre programme garde le jeton, fermez-le."}},
    Explanation{ErrorCode::token_failed,
                {"The token failed: {}.", "Le jeton a échoué : {}."},
                {"Unplug it, plug it in again and try again.", "Débranchez-le, rebranchez-le et recommencez."}},
    Explanation{ErrorCode::journal_failed,
                {"The signature could not be recorded, so it was not released.",
                 "La signature n'a pas pu être consignée ; elle n'a donc pas été remise."},
                kAskTechnician},
    Explanation{ErrorCode::internal, {"A fault of Sceau: {}.", "Une erreur de Sceau : {}."}, kAskTechnician},
    Explanation{ErrorCode::invalid_parameter, {"That cannot be asked: {}.", "Cela ne peut pas être demandé : {}."}, {}},
    Explanation{ErrorCode::method_not_found,
                {"The agent does not know what was asked: {}.", "L'agent ne connaît pas ce qui est demandé : {}."},
                kRestart},
    Explanation{ErrorCode::interface_not_found,
                {"The agent does not know what was asked: {}.", "L'agent ne connaît pas ce qui est demandé : {}."},
                kRestart},
    Explanation{ErrorCode::expected_more,
                {"The agent did not understand what was asked.", "L'agent n'a pas compris ce qui est demandé."},
                kRestart},
    Explanation{ErrorCode::bad_frame,
                {"The agent and the command do not understand each other: {}.",
                 "L'agent et la commande ne se comprennent pas : {}."},
                kRestart},
    Explanation{ErrorCode::agent_unreachable,
                {"The agent does not answer: {}.", "L'agent ne répond pas : {}."},
                {}}, // how_to_start_the_agent
    Explanation{ErrorCode::bad_message,
                {"The mail cannot be used as it is: {}.", "Le courriel est inutilisable tel quel : {}."},
                {"It was left as it is.", "Il est resté tel quel."}},
    Explanation{ErrorCode::io, {"{}.", "Fichier inaccessible : {}."}, {}},
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

// The same folder tells systemctl where the person's service manager is.
std::string how_to_start_the_agent(const Console& console)
{
    const std::filesystem::path folder = base::runtime_folder();
    if (folder.empty() && std::getenv("SCEAU_SOCKET") == nullptr)
        return console.say("Log in on this machine as the person whose token it is, or name the agent's socket in "
                           "SCEAU_SOCKET.",
                           "Ouvrez une session sur cette machine au nom de la personne à qui est le jeton, ou indiquez "
                           "la prise de l'agent dans SCEAU_SOCKET.");
    const char* named = std::getenv("XDG_RUNTIME_DIR");
    const bool is_named = folder.empty() || (named != nullptr && folder == named);
    return console.say("Start it: {}systemctl --user start sceau-agent",
                       "Démarrez-le : {}systemctl --user start sceau-agent",
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
            what += " " + console.say("Tries left: {}.", "Essais restants : {}.", *error.tries_left);
        if (error.code == ErrorCode::agent_unreachable)
            return message(what, how_to_start_the_agent(console));
        return message(what, console.say(entry.next.english, entry.next.french));
    }

    // A reason that is not known in French stands for itself: it is no part of a French sentence.
    std::string sentence(const Saying& what, const std::string& detail) const
    {
        static constexpr std::string_view kDetail = " : {}.";
        if (console.language == base::Language::english || !what.french.ends_with(kDetail))
            return console.say(what.english, what.french, detail);
        if (const auto known = french_reason(detail))
            return console.say(what.english, what.french, *known);
        return fmt::format("{}.\n       En anglais : {}.", what.french.substr(0, what.french.size() - kDetail.size()),
                           detail);
    }

    std::string operator()(const Interrupted&) const { return message(console.say("Interrupted.", "Interrompu.")); }

    std::string operator()(const NoKeys& none) const
    {
        if (!none.seen.tokens.empty() || !none.seen.obstacles.empty())
            return explained(none.seen.tokens, console) + explained(none.seen.obstacles, console);
        return message(console.say("No token with a key is plugged in.", "Aucun jeton avec une clé n'est branché."),
                       console.say("Plug it in and try again.", "Branchez-le et recommencez."));
    }

    std::string operator()(const NotTheSender& mail) const
    {
        return message(console.say("The mail is not from {}, so receivers would not trust the signature.",
                                   "Le courriel n'est pas de {} : les destinataires ne croiraient pas la signature.",
                                   base::shown(mail.address, kNamedColumns)),
                       console.say("Its sender is {}.", "Son expéditeur est {}.", names(mail.senders)));
    }

    std::string operator()(const NoKeyFits& none) const
    {
        std::string text =
            message(console.say("No key can sign for {}:", "Aucune clé ne peut signer pour {} :", names(none.senders)));
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
        return console.say("its certificate is for another address", "son certificat est pour une autre adresse");
    case Unfit::expired:
        return console.say("expired on {}", "expiré depuis le {}", shown_date(facts->not_after, console.language));
    case Unfit::not_yet_valid:
        return console.say("not valid before {}", "pas valable avant le {}",
                           shown_date(facts->not_before, console.language));
    case Unfit::may_not_sign:
        return console.say("its certificate does not allow signatures", "son certificat ne permet pas de signer");
    case Unfit::not_for_mail:
        return console.say("its certificate is not for mail", "son certificat n'est pas pour le courriel");
    case Unfit::no_scheme:
        return console.say("Sceau cannot use this kind of key", "Sceau ne sait pas utiliser ce genre de clé");
    case Unfit::missing:
        return console.say("the token has this certificate, but not its key",
                           "le jeton a ce certificat, mais pas sa clé");
    case Unfit::no_certificate:
        return console.say("it has no certificate, which mail needs",
                           "elle n'a pas de certificat, or le courriel en demande un");
    case Unfit::unreadable:
        break;
    }
    return console.say("its certificate cannot be read", "son certificat est illisible");
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
