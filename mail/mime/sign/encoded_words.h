// Writes text as encoded words (RFC 2047 §2).
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// Encodes all of the UTF-8 text in "Q". Each word is on a line of its own, of at most 76 characters, and no line end
/// follows the last one. `column` is where the first word begins.
std::string encoded_words(std::string_view text, std::size_t column);

} // namespace sceau::mail::mime
