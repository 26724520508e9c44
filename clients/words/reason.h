// The reasons that errors carry are English (docs/protocol.md). Those that a person is likely to meet are said to a
// French one in French.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sceau::words {

/// None for a reason that is not known here.
std::optional<std::string> french_reason(std::string_view reason);

} // namespace sceau::words
