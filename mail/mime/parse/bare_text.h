// What of a structured field (RFC 5322 §3.2) stands outside of quoted strings and comments, where its signs mean
// something.
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::mime {

/// One that is not closed goes to the end. A backslash quotes inside of them only (RFC 5322 §3.2.1).
std::string bare_text(std::string_view raw);

} // namespace sceau::mail::mime
