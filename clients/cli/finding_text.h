// The words for what mail/ finds: `sceau verify` says them, in the medal and in JSON.
#pragma once

#include "clients/cli/words.h"
#include "mail/finding.h"

namespace sceau::cli {

/// One sentence in the person's language. Text of the mail's in it is fit to be shown, and may be long.
std::string text_of(const mail::Finding& finding, const Console& console);

/// A reason out of an error (reason.h) in the person's language, as a clause; in quotation marks where it is known in
/// English only.
std::string clause_of(std::string_view reason, const Console& console);

} // namespace sceau::cli
