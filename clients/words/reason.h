// Errors carry their reasons in English (docs/protocol.md). The reasons that a person is likely to meet are translated
// here into the person's language.
#pragma once

#include "base/language.h"

#include <optional>
#include <string>
#include <string_view>

namespace sceau::words {

/// Returns nothing for a reason that is not known here or has no translation.
std::optional<std::string> reason_in(base::Language language, std::string_view reason);

} // namespace sceau::words
