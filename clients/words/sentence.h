// Builds the sentences that appear on standard error.
#pragma once

#include "base/language.h"

#include <string>
#include <vector>

namespace sceau::words {

/// Returns lines for standard error: "sceau: " and what happened, and below it what to do next, if there is anything.
std::string message(const std::string& what, const std::string& next = {});

/// Returns "a", "a and b" or "a, b and c".
std::string enumerated(const std::vector<std::string>& items, base::Language language);

} // namespace sceau::words
