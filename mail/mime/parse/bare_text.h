// The text of a structured field (RFC 5322 §3.2) outside quoted strings and comments, where its special characters have
// a meaning.
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// A quoted string or comment that is not closed extends to the end. A backslash quotes only inside them (RFC 5322
/// §3.2.1).
std::string bare_text(std::string_view raw);

} // namespace sceau::mail::mime
