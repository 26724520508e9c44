// Texts from a module, as UTF-8. Both tasks name tokens through this function, so that one finds what the other
// reported.
#pragma once

#include <string>
#include <string_view>

namespace sceau::pkcs11 {

/// Returns the field up to the first NUL and without trailing blanks (PKCS#11 v2.40 §2 pads fields with blanks). Bytes
/// that are not UTF-8 become U+FFFD.
std::string text_of(std::string_view field);

} // namespace sceau::pkcs11
