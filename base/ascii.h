// Text of the protocols', whose letters are ASCII whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace sceau::base {

bool is_ascii(std::string_view text);
/// A to Z only.
std::string ascii_lower(std::string_view text);
/// Whether they are the same but for the case of A to Z.
bool same_in_ascii(std::string_view one, std::string_view other);

} // namespace sceau::base
