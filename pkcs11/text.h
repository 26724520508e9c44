// A module's texts as everything of ours spells them. Both tasks name tokens through this, so that the one finds what
// the other reported.
#pragma once

#include <string>
#include <string_view>

namespace sceau::pkcs11 {

/// Up to the first NUL and without trailing blanks (PKCS#11 v2.40 §2: fields are padded with blanks), what is not UTF-8
/// replaced by U+FFFD.
std::string text_of(std::string_view field);

} // namespace sceau::pkcs11
