#include "clients/words/reason.h"

#include <array>
#include <vector>

namespace sceau::words {

namespace {

struct Known {
    std::string_view english; // each {} stands for any text
    std::string_view french;  // has the same ones in the same order
};

constexpr std::array kReasons = {
    Known{"the terminal's window is too small for the PIN dialog: make it larger",
          "la fenêtre du terminal est trop petite pour demander le code PIN ; agrandissez-la"},
    Known{"the PIN dialog {} cannot be started ({}): install the package {}",
          "la fenêtre du code PIN {} ne démarre pas ({}) ; installez le paquet {}"},
    Known{"the PIN dialog was not opened: another program, {}, watches it and would read the PIN",
          "la fenêtre du code PIN n'a pas été ouverte : un autre programme, {}, l'observe et lirait le code"},
    Known{
        "the PIN was not used: another program, {}, watched the dialog while it was typed; change the PIN",
        "le code PIN n'a pas servi : un autre programme, {}, observait la fenêtre pendant la saisie ; changez de code"},
    Known{"the PIN was not sent to the token: another program, {}, watches the process that would take it",
          "le code PIN n'a pas été envoyé au jeton : un autre programme, {}, observe le processus qui le recevrait"},
    Known{"the PIN was not sent to the token: another program has opened the process that would take it",
          "le code PIN n'a pas été envoyé au jeton : un autre programme a ouvert le processus qui le recevrait"},
    Known{"the configuration forbids signatures whose content cannot be shown (policy.blind)",
          "la configuration interdit les signatures dont le contenu ne peut être montré (policy.blind)"},
    Known{"the configuration forbids {} signatures whose content cannot be shown (policy.programs)",
          "la configuration interdit à {} les signatures dont le contenu ne peut être montré (policy.programs)"},
    Known{"cancelled three times within a minute: wait a minute",
          "trois fois annulé en une minute ; attendez une minute"},
    Known{"the certificate does not allow this key to sign (keyUsage)",
          "le certificat ne permet pas à cette clé de signer (keyUsage)"},
    Known{"the certificate does not allow this key to decrypt (keyUsage)",
          "le certificat ne permet pas à cette clé de déchiffrer (keyUsage)"},
    Known{"the key cannot be used with this scheme", "la clé ne connaît pas ce procédé de signature"},
    Known{"too many requests of one program are waiting", "trop de demandes d'un même programme attendent"},
    Known{"the agent's configuration is wrong: {}", "la configuration de l'agent est fausse, {}"},
    Known{"no agent answers at {}: Connection refused", "aucun agent ne répond sur {}"},
    Known{"no agent answers at {}: No such file or directory", "aucun agent n'attend sur {}"},
    Known{"nobody is logged in here whose agent it could be: neither SCEAU_SOCKET nor XDG_RUNTIME_DIR is set, and "
          "/run/user has no folder of yours",
          "aucune session n'est ouverte ici dont ce pourrait être l'agent : ni SCEAU_SOCKET ni XDG_RUNTIME_DIR ne sont "
          "définis, et /run/user n'a pas de dossier à vous"},
    Known{"the agent closed the connection", "l'agent a fermé la connexion"},
    Known{"the connection to the agent is closed", "la connexion à l'agent est fermée"},
    Known{"the token's PKCS#11 module did not answer in time", "le module PKCS#11 du jeton n'a pas répondu à temps"},
    Known{"the token's signature is wrong; it was not released",
          "la signature du jeton est fausse ; elle n'a pas été remise"},
    Known{"the token's worker was ended by signal {}", "le processus du jeton a été tué par le signal {}"},
    Known{"the token took the PIN but not for this key, which seems to have a PIN of its own",
          "le jeton accepte ce code PIN, mais pas pour cette clé, qui semble avoir le sien"},
};

// Of a dialog that did not open, and what may stand behind it.
constexpr std::array kDialogs = {
    Known{"the PIN dialog ended unexpectedly ({})", "la fenêtre du code PIN s'est fermée d'elle-même ({})"},
    Known{"the PIN dialog cannot open here (pinentry: {})",
          "la fenêtre du code PIN ne peut s'ouvrir ici (pinentry : {})"},
};
constexpr std::array kAdvice = {
    Known{"", ""},
    Known{": start the agent in the graphical session, or sign from a terminal",
          " ; démarrez l'agent dans la session graphique, ou signez depuis un terminal"},
    Known{": it opens on terminals only; install the package {}, which opens on the desktop",
          " ; elle ne s'ouvre que dans un terminal : installez le paquet {}, qui s'ouvre sur le bureau"},
    Known{": the session's display does not answer; log in to the desktop again, or sign from a terminal",
          " ; l'écran de la session ne répond pas : reconnectez-vous au bureau, ou signez depuis un terminal"},
    Known{": this terminal belongs to another user, as it does after su; log in as yourself, with ssh for example",
          " ; ce terminal est à un autre utilisateur, comme après su : connectez-vous vous-même, par ssh par exemple"},
};

constexpr std::string_view kAny = "{}";

// What stands for each {}; none where the text is not of that pattern.
std::optional<std::vector<std::string_view>> match(std::string_view text, std::string_view pattern)
{
    std::vector<std::string_view> found;
    for (;;) {
        const std::size_t any = pattern.find(kAny);
        const std::string_view fixed = pattern.substr(0, any);
        if (!text.starts_with(fixed))
            return std::nullopt;
        text.remove_prefix(fixed.size());
        if (any == std::string_view::npos)
            return text.empty() ? std::optional(found) : std::nullopt;
        pattern.remove_prefix(any + kAny.size());
        const std::string_view next = pattern.substr(0, pattern.find(kAny));
        const std::size_t end = next.empty() ? text.size() : text.find(next);
        if (end == std::string_view::npos)
            return std::nullopt;
        found.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::string filled(std::string_view french, const std::vector<std::string_view>& found)
{
    std::string text;
    for (const std::string_view each : found) {
        const std::size_t any = french.find(kAny);
        text += std::string(french.substr(0, any)) + std::string(each);
        french.remove_prefix(any + kAny.size());
    }
    return text + std::string(french);
}

} // namespace

std::optional<std::string> french_reason(std::string_view reason)
{
    for (const auto& [english, french] : kReasons)
        if (const auto found = match(reason, english))
            return filled(french, *found);
    for (const auto& dialog : kDialogs)
        for (const auto& advice : kAdvice)
            if (const auto found = match(reason, std::string(dialog.english) + std::string(advice.english)))
                return filled(std::string(dialog.french) + std::string(advice.french), *found);
    return std::nullopt;
}

} // namespace sceau::words
