// Encodes the words of address lists one by one, for cases in which GMime loses text: a name or a comment without an
// address.
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// Returns the unfolded UTF-8 value with each quoted string, comment and run of bare words that contains 8-bit bytes as
/// encoded words (RFC 2047 §5) on lines of their own. Everything else stays, including addresses beyond ASCII.
std::string with_encoded_phrases(std::string_view value);

} // namespace sceau::mail::mime
