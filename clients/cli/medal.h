// A verdict as a person reads it at a glance: who signed, or very visibly why not to act on the mail.
#pragma once

#include "clients/cli/words.h"
#include "mail/mime/judge/verdict.h"

#include <string>

namespace sceau::cli {

/// `at` is the moment that was judged for. What comes out of the mail is cleaned of what could disguise it.
std::string medal(const mail::mime::Verdict& verdict, Moment at, const Console& console);

} // namespace sceau::cli
