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
    // What mail/ says of a mail that cannot be read, judged or signed, and of files, as base/ does.
    Known{"{} (at byte {})", "{} (à l'octet {})"},
    Known{"{}: programs read the message in several ways", "{} : les programmes le lisent de plusieurs façons"},
    Known{"the signed mail could be read in more than one way: {}",
          "le courriel signé pourrait se lire de plusieurs façons, {}"},
    Known{"the message's structure can be read in more than one way", "sa structure peut se lire de plusieurs façons"},
    Known{"the message is empty", "il est vide"},
    Known{"the message has no From field", "il n'a pas de champ From"},
    Known{"the message has several {} fields: a reader may see either",
          "il a plusieurs champs {}, et l'on peut voir l'un ou l'autre"},
    Known{"the From field has no address", "le champ From n'a pas d'adresse"},
    Known{"the addresses in From or Sender can be read in more than one way",
          "les adresses de From ou de Sender peuvent se lire de plusieurs façons"},
    Known{"the message's Content-Type cannot be read", "son champ Content-Type est illisible"},
    Known{"the field {} cannot be written in ASCII", "le champ {} ne peut s'écrire en ASCII"},
    Known{"the field {} holds 8-bit bytes in a charset that is not told",
          "le champ {} contient des octets de 8 bits dans un jeu de caractères qui n'est pas indiqué"},
    Known{"a part's header runs into the delimiter of a multipart",
          "l'en-tête d'une partie va jusqu'au délimiteur d'un multipart"},
    Known{"a line in a header is no header field", "une ligne d'un en-tête n'est pas un champ d'en-tête"},
    Known{"a header field holds a NUL byte", "un champ d'en-tête contient un octet nul"},
    Known{"a header field holds a CR that is no line end",
          "un champ d'en-tête contient un CR qui n'est pas une fin de ligne"},
    Known{"a part has several fields {}", "une partie a plusieurs champs {}"},
    Known{"a part's Content-Type has a parameter twice", "le champ Content-Type d'une partie a deux fois un paramètre"},
    Known{"a part's Content-Transfer-Encoding has a parameter, which it may not have",
          "le champ Content-Transfer-Encoding d'une partie a un paramètre, ce qu'il ne peut avoir"},
    Known{"the boundary of a multipart ends in a blank", "le délimiteur d'un multipart finit par une espace"},
    Known{"a multipart is said to be encoded, which it may not be, and is not",
          "un multipart est dit encodé, ce qu'il ne peut être et n'est pas"},
    Known{"a multipart has no boundary parameter", "un multipart n'indique pas son délimiteur"},
    Known{"a multipart has no close delimiter", "un multipart n'a pas de délimiteur final"},
    Known{"a multipart has no parts", "un multipart n'a pas de parties"},
    Known{"a part's base64 is cut off or damaged", "le base64 d'une partie est tronqué ou endommagé"},
    Known{"a part that is declared base64 holds something else", "une partie déclarée en base64 contient autre chose"},
    Known{"a part that is not declared binary holds NUL bytes",
          "une partie qui n'est pas déclarée binaire contient des octets nuls"},
    Known{"a part has an unknown transfer encoding and is not 7-bit",
          "une partie a un encodage de transfert inconnu et n'est pas en 7 bits"},
    Known{"{} holds {}, and cannot be altered", "{} contient {}, et l'on ne peut y toucher"},
    Known{"what is signed or encrypted already", "ce qui est déjà signé ou chiffré"},
    Known{"a part that may be only 7-bit", "une partie qui ne peut être qu'en 7 bits"},
    Known{"the header", "l'en-tête"},
    Known{"a part's header", "l'en-tête d'une partie"},
    Known{"the line after a header", "la ligne après un en-tête"},
    Known{"an encoded part", "une partie encodée"},
    Known{"a part", "une partie"},
    Known{"the text before or between the parts of a multipart", "le texte avant ou entre les parties d'un multipart"},
    Known{"the text after the parts of a multipart", "le texte après les parties d'un multipart"},
    Known{"a CR that is no line end", "un CR qui n'est pas une fin de ligne"},
    Known{"a NUL byte", "un octet nul"},
    Known{"8-bit bytes", "des octets de 8 bits"},
    Known{"a line of more than 998 bytes", "une ligne de plus de 998 octets"},
    Known{"{} would not be the same in the signed mail", "{} ne resterait pas identique dans le courriel signé"},
    Known{"the structure", "la structure"},
    Known{"the content of a part", "le contenu d'une partie"},
    Known{"the field {}", "le champ {}"},
    Known{"the signature is no well-formed CMS structure", "la signature n'est pas une structure CMS bien formée"},
    Known{"the name of the CMS structure's type is too long", "le nom du type de la structure CMS est trop long"},
    Known{"the signature's CMS structure cannot be read", "la structure CMS de la signature est illisible"},
    Known{"the signature is over something else than a mail", "la signature porte sur autre chose qu'un courriel"},
    Known{"the signature's CMS structure holds more than one content",
          "la structure CMS de la signature contient plus d'un contenu"},
    Known{"the content in the signature's CMS structure is no octet string",
          "le contenu dans la structure CMS de la signature n'est pas une suite d'octets"},
    Known{"the CMS structure is not one of signed data", "la structure CMS n'est pas celle de données signées"},
    Known{"the signature's CMS structure holds more than it should",
          "la structure CMS de la signature contient plus qu'elle ne devrait"},
    Known{"the certificate's key cannot sign by {}", "la clé du certificat ne peut signer par {}"},
    Known{"this is not an X.509 certificate", "ce n'est pas un certificat X.509"},
    Known{"this is not a public key", "ce n'est pas une clé publique"},
    Known{"the certificate has no readable validity", "la durée de validité du certificat est illisible"},
    Known{"the message has more than 10,000 parts", "il a plus de 10 000 parties"},
    Known{"the message's parts are nested more than 100 deep", "ses parties sont imbriquées sur plus de 100 niveaux"},
    Known{"the message has more than 50,000 header fields", "il a plus de 50 000 champs d'en-tête"},
    Known{"the message's headers are larger than 4 MiB", "ses en-têtes dépassent 4 Mio"},
    Known{"text beside the parts of a multipart is larger than 1 MiB", "du texte à côté de ses parties dépasse 1 Mio"},
    Known{"a list of addresses is larger than 1 MiB, or all together than 2 MiB",
          "une liste d'adresses dépasse 1 Mio, ou toutes ensemble 2 Mio"},
    Known{"the message's headers have more than 50,000 addresses", "ses en-têtes ont plus de 50 000 adresses"},
    Known{"groups of addresses are nested more than 20 deep, or there are more than 5,000",
          "des groupes d'adresses sont imbriqués sur plus de 20 niveaux, ou il y en a plus de 5 000"},
    Known{"the subject is larger than 1 MiB", "son objet dépasse 1 Mio"},
    Known{"a field that describes a part is larger than 64 KiB", "un champ qui décrit une partie dépasse 64 Kio"},
    Known{"the message's parts have more than 50,000 parameters", "ses parties ont plus de 50 000 paramètres"},
    Known{"the signature's CMS structure is larger than 4 MiB", "la structure CMS de la signature dépasse 4 Mio"},
    Known{"the elements of the signature's CMS structure are nested too deep",
          "les éléments de la structure CMS de la signature sont imbriqués trop profondément"},
    Known{"the signature holds more than 256 certificates, revocation lists or hashes",
          "la signature contient plus de 256 certificats, listes de révocation ou empreintes"},
    Known{"the mail has more than 16 signatures", "il porte plus de 16 signatures"},
    Known{"there is no certificate in {}", "il n'y a pas de certificat dans {}"},
    Known{"there is no revocation list in {}", "il n'y a pas de liste de révocation dans {}"},
    Known{"{}: belongs to user {}, who may not decide here; it must belong to user {}",
          "{} : appartient à l'utilisateur {}, qui n'a pas à décider ici ; doit appartenir à l'utilisateur {}"},
    Known{"{}: every user of this machine can write to it; take that away (chmod o-w)",
          "{} : tout utilisateur de cette machine peut y écrire ; retirez-lui ce droit (chmod o-w)"},
    Known{"{}: group {} can write to it; take that away (chmod g-w)",
          "{} : le groupe {} peut y écrire ; retirez-lui ce droit (chmod g-w)"},
    Known{"{}: cannot be looked at: {}", "{} : consultation impossible, {}"},
    Known{"{}: cannot be read: {}", "{} : lecture impossible, {}"},
    Known{"{}: is a link to a file that does not exist", "{} : lien vers un fichier qui n'existe pas"},
    Known{"{}: is a folder, not a file", "{} : c'est un dossier, non un fichier"},
    Known{"{}: is not a regular file", "{} : ce n'est pas un fichier ordinaire"},
    Known{"{}: is larger than 1 MiB", "{} : dépasse 1 Mio"},
    Known{"{}: is no longer there", "{} : n'est plus là"},
    Known{"the message became shorter while it was read", "le courriel est devenu plus court pendant sa lecture"},
    Known{"cannot open {}: {}", "impossible d'ouvrir {}, {}"},
    Known{"cannot read the message: {}", "impossible de lire le courriel, {}"},
    Known{"cannot write the message: {}", "impossible d'écrire le courriel, {}"},
    Known{"cannot write a temporary file: {}", "impossible d'écrire un fichier temporaire, {}"},
    Known{"cannot make a temporary file in {}: {}", "impossible de créer un fichier temporaire dans {}, {}"},
    Known{"No such file or directory", "ce fichier ou ce dossier n'existe pas"},
    Known{"Permission denied", "l'accès en est refusé"},
    Known{"Is a directory", "c'est un dossier"},
    Known{"No space left on device", "il n'y a plus de place"},
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

// What stands for a {} may be a reason itself: "the header holds a NUL byte, and cannot be altered".
std::string filled(std::string_view french, const std::vector<std::string_view>& found)
{
    std::string text;
    for (const std::string_view each : found) {
        const std::size_t any = french.find(kAny);
        text += std::string(french.substr(0, any)) + french_reason(each).value_or(std::string(each));
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
