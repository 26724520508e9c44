// A verdict that a person can read at a glance: who signed, or a clear warning not to act on the mail.
#pragma once

#include "clients/cli/shown_to_signer.h"
#include "clients/cli/words.h"
#include "mail/mime/judge/verdict.h"

#include <string>

namespace sceau::cli {

/// `at` is the time for which the mail was judged. Text from the mail is cleaned of what could disguise it.
std::string medal(const mail::mime::Verdict& verdict, Moment at, const Console& console,
                  const ShownToSigner& shown = {});

} // namespace sceau::cli
