#include "agent/person/occasion.h"

namespace sceau::agent {

using base::Language;
using base::say;

namespace {

// A mail program also logs in to its servers.
Occasion of_mail_program(const mail::cms::CertificateFacts& key, bool shows_attributes)
{
    if (!key.for_mail)
        return key.for_login ? Occasion::login : Occasion::any;
    return key.for_login && !shows_attributes ? Occasion::mail_or_login : Occasion::mail;
}

// By the one thing that the key is for.
Occasion of_key(const mail::cms::CertificateFacts& key)
{
    if (key.for_mail == key.for_login)
        return Occasion::any;
    return key.for_mail ? Occasion::mail : Occasion::login;
}

} // namespace

Occasion occasion_of(CallerKind caller, const mail::cms::CertificateFacts& key,
                     const mail::cms::SignedAttributes* attributes)
{
    if (attributes != nullptr && attributes->of_mail)
        return Occasion::mail;
    switch (caller) {
    case CallerKind::mail:
        return of_mail_program(key, attributes != nullptr);
    case CallerKind::browser:
        return Occasion::login;
    case CallerKind::documents:
        return Occasion::document;
    case CallerKind::ssh:
        return Occasion::ssh;
    case CallerKind::git:
        return Occasion::commit;
    case CallerKind::unknown:
        break;
    }
    return attributes == nullptr ? of_key(key) : Occasion::any;
}

std::string_view sign_only_if(Occasion occasion, Language language)
{
    switch (occasion) {
    case Occasion::mail:
        return say(language, "Sign only if you pressed Send just now.",
                   "Ne signez que si vous venez d'appuyer sur Envoyer.");
    case Occasion::mail_or_login:
        return say(language, "Sign only if you pressed Send, or logged in, just now.",
                   "Ne signez que si vous venez d'appuyer sur Envoyer ou de vous connecter.");
    case Occasion::login:
        return say(language, "Sign only if you are logging in somewhere just now.",
                   "Ne signez que si vous êtes en train de vous connecter quelque part.");
    case Occasion::ssh:
        return say(language, "Sign only if you are connecting to another machine just now.",
                   "Ne signez que si vous êtes en train de vous connecter à une autre machine.");
    case Occasion::commit:
        return say(language, "Sign only if you made a commit or a tag just now.",
                   "Ne signez que si vous venez de faire un commit ou un tag.");
    case Occasion::document:
        return say(language, "Sign only if you are signing a document just now.",
                   "Ne signez que si vous êtes en train de signer un document.");
    case Occasion::any:
        break;
    }
    return say(language, "Sign only if you asked for just this, just now.",
               "Ne signez que si vous venez de demander précisément cela.");
}

std::string_view just_now(Occasion occasion, Language language)
{
    switch (occasion) {
    case Occasion::mail:
        return say(language, "UNSEEN. Did you press Send just now?", "NON MONTRÉ. Venez-vous d'envoyer ?");
    case Occasion::mail_or_login:
        return say(language, "UNSEEN. Did you just send or log in?", "NON MONTRÉ. Envoi ou connexion ?");
    case Occasion::login:
    case Occasion::ssh:
        return say(language, "UNSEEN. Are you just logging in?", "NON MONTRÉ. Vous connectez-vous ?");
    case Occasion::commit:
        return say(language, "UNSEEN. Did you just commit or tag?", "NON MONTRÉ. Un commit ou un tag ?");
    case Occasion::document:
        return say(language, "UNSEEN. Are you signing a document?", "NON MONTRÉ. Signez-vous un document ?");
    case Occasion::any:
        break;
    }
    return say(language, "UNSEEN. Did you ask for just this?", "NON MONTRÉ. L'avez-vous demandé ?");
}

} // namespace sceau::agent
