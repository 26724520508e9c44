// Address lists whose words are encoded one by one, for what GMime loses: a name or a comment without an address.
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// The unfolded UTF-8 value with each quoted string, comment and run of bare words that holds 8-bit bytes in encoded
/// words (RFC 2047 §5), on lines of their own; everything else stays. Addresses beyond ASCII stay as they are.
std::string with_encoded_phrases(std::string_view value);

} // namespace sceau::mail::mime
