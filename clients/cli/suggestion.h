// What was meant by a word that is mistyped.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::cli {

/// Of these words the one that is nearest: two letters missing, too many, other or changed about at most, and fewer
/// than half of the word's.
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words);

} // namespace sceau::cli
