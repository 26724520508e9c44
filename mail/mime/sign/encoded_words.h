// Text in encoded words (RFC 2047 §2).
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// All of the UTF-8 text, in "Q", in words on lines of their own of at most 76; no line end after the last one.
/// `column` is where the first one begins.
std::string encoded_words(std::string_view text, std::size_t column);

} // namespace sceau::mail::mime
