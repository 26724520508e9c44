// Sentences as they stand on standard error.
#pragma once

#include "base/language.h"

#include <string>
#include <vector>

namespace sceau::words {

/// "sceau: " and what happened, and under it, where there is something, what to do next. Lines for standard error.
std::string message(const std::string& what, const std::string& next = {});

/// "a", "a and b", "a, b and c".
std::string enumerated(const std::vector<std::string>& items, base::Language language);

} // namespace sceau::words
