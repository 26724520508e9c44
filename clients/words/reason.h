// The reasons that errors carry are English (docs/protocol.md). Those that a person is likely to meet are said in the
// person's language.
#pragma once

#include "base/language.h"

#include <optional>
#include <string>
#include <string_view>

namespace sceau::words {

/// None for a reason that is not known here, or not in that language.
std::optional<std::string> reason_in(base::Language language, std::string_view reason);

} // namespace sceau::words
