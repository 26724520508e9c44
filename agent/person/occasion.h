// What a person must be doing for a signature to be theirs. A content that cannot be shown leaves them nothing else to
// go by, so it is said as exactly as who asks, with which key, and what they show of it allow.
#pragma once

#include "agent/person/caller.h"
#include "agent/tokens/inventory.h"
#include "mail/cms/signed_attributes.h"

#include <string_view>

namespace sceau::agent {

enum class Occasion { any, mail, mail_or_login, login, ssh, commit, document };

/// The attributes may be none.
Occasion occasion_of(CallerKind caller, const mail::cms::CertificateFacts& key,
                     const mail::cms::SignedAttributes* attributes);

/// "Sign only if you pressed Send just now."
std::string_view sign_only_if(Occasion occasion, base::Language language);

/// The same in 40 columns.
std::string_view just_now(Occasion occasion, base::Language language);

} // namespace sceau::agent
