// Sentences that others say in English and that are known: an agent's reasons, a library's errors. Each {} of a pattern
// stands for any text.
#pragma once

#include "base/language.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

/// What stands for each {}; none where the text is not of that pattern.
std::optional<std::vector<std::string_view>> match(std::string_view text, std::string_view pattern);

/// A pattern, or its translation, with each {} replaced.
std::string filled(std::string_view pattern, const std::vector<std::string_view>& found);

} // namespace sceau::base
