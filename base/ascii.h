// Helpers for protocol text, whose letters are ASCII whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace sceau::base {

bool is_ascii(std::string_view text);
/// Lowers only A to Z.
std::string ascii_lower(std::string_view text);
/// Returns whether the texts are equal when the case of A to Z is ignored.
bool same_in_ascii(std::string_view one, std::string_view other);

} // namespace sceau::base
