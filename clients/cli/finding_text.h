// The words for what mail/ finds, as `sceau verify` shows them in the medal and in JSON.
#pragma once

#include "clients/cli/words.h"
#include "mail/finding.h"

namespace sceau::cli {

/// Returns one sentence in the person's language. Text from the mail in it is safe to show, but may be long.
std::string text_of(const mail::Finding& finding, const Console& console);

/// Returns an error's reason (reason.h) in the person's language, as a clause. It is in quotation marks if it is known
/// only in English.
std::string clause_of(std::string_view reason, const Console& console);

} // namespace sceau::cli
