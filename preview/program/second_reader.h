// A second reading of the header fields that name people or hold text, which is strict and shares no code with GMime's.
// Where the two differ, other programs may as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::preview::program {

/// Returns the addr-specs of an address list (RFC 5322 §3.4) in their order, those of groups included. Returns nothing
/// for a list that is not written as the RFC says, apart from dots in names and names that repeat the address.
std::optional<std::vector<std::string>> addresses_in(std::string_view value);

/// Returns unstructured text (RFC 5322 §3.2.5) with its encoded words decoded (RFC 2047), in UTF-8. Returns nothing if
/// a word is of an unknown charset.
std::optional<std::string> text_in(std::string_view value);

} // namespace sceau::preview::program
