// Recognizes known English sentences that come from elsewhere, such as an agent's reasons or a library's errors. Each
// {} of a pattern stands for any text.
#pragma once

#include "base/language.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

/// Returns the text for each {}, or nothing if the text does not fit the pattern.
std::optional<std::vector<std::string_view>> match(std::string_view text, std::string_view pattern);

/// Returns the pattern, or its translation, with each {} replaced.
std::string filled(std::string_view pattern, const std::vector<std::string_view>& found);

} // namespace sceau::base
