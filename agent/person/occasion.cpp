#include "agent/person/occasion.h"

namespace sceau::agent {

using base::Language;

namespace {

// A mail program also logs in to its servers, so the key's purpose counts.
Occasion of_mail_program(const mail::cms::CertificateFacts& key, bool shows_attributes)
{
    if (!key.for_mail)
        return key.for_login ? Occasion::login : Occasion::any;
    return key.for_login && !shows_attributes ? Occasion::mail_or_login : Occasion::mail;
}

// Judged by the key alone, if it has only one purpose.
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
        return language.translated("Sign only if you pressed Send just now.");
    case Occasion::mail_or_login:
        return language.translated("Sign only if you pressed Send, or logged in, just now.");
    case Occasion::login:
        return language.translated("Sign only if you are logging in somewhere just now.");
    case Occasion::ssh:
        return language.translated("Sign only if you are connecting to another machine just now.");
    case Occasion::commit:
        return language.translated("Sign only if you made a commit or a tag just now.");
    case Occasion::document:
        return language.translated("Sign only if you are signing a document just now.");
    case Occasion::any:
        break;
    }
    return language.translated("Sign only if you asked for just this, just now.");
}

std::string_view just_now(Occasion occasion, Language language)
{
    switch (occasion) {
    case Occasion::mail:
        return language.translated("UNSEEN. Did you press Send just now?");
    case Occasion::mail_or_login:
        return language.translated("UNSEEN. Did you just send or log in?");
    case Occasion::login:
    case Occasion::ssh:
        return language.translated("UNSEEN. Are you just logging in?");
    case Occasion::commit:
        return language.translated("UNSEEN. Did you just commit or tag?");
    case Occasion::document:
        return language.translated("UNSEEN. Are you signing a document?");
    case Occasion::any:
        break;
    }
    return language.translated("UNSEEN. Did you ask for just this?");
}

} // namespace sceau::agent
