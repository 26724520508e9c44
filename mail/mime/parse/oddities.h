// What a message writes against the standards though all programs understand it in the same way: it is judged with a
// warning, and not signed.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Each in the words of an error: "a multipart is said to be encoded, which it may not be".
std::vector<std::string> oddities_of(const Entity& root);

} // namespace sceau::mail::mime
