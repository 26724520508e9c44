// Departures from the standards that all programs understand alike. A message with one is judged with a warning, but
// not signed.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Returns each in the words of an error: "a multipart is said to be encoded, which it may not be".
std::vector<std::string> oddities_of(const Entity& root);

} // namespace sceau::mail::mime
