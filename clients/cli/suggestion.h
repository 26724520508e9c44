// Guesses which word was meant by a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::cli {

/// Returns the nearest of these words, which may differ by at most two letters missing, added, changed or swapped, and
/// by fewer than half of its letters.
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words);

} // namespace sceau::cli
