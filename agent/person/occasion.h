// What the person must be doing for a signature to be theirs. If the content cannot be shown, they have nothing else to
// go by, so the occasion is as precise as the caller, the key and the signed attributes allow.
#pragma once

#include "agent/person/caller.h"
#include "agent/tokens/inventory.h"
#include "mail/cms/signed_attributes.h"

#include <string_view>

namespace sceau::agent {

enum class Occasion { any, mail, mail_or_login, login, ssh, commit, document };

/// The attributes may be null.
Occasion occasion_of(CallerKind caller, const mail::cms::CertificateFacts& key,
                     const mail::cms::SignedAttributes* attributes);

/// Returns a sentence such as "Sign only if you pressed Send just now."
std::string_view sign_only_if(Occasion occasion, base::Language language);

/// Returns the same sentence in at most 40 columns.
std::string_view just_now(Occasion occasion, base::Language language);

} // namespace sceau::agent
