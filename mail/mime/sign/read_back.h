// Reads the signed message as its recipients will read it and compares it with the original, before anybody is asked
// for a PIN. Whatever went wrong in the writing, nothing is lost under a signature.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Fails with `bad_message`, naming the field or part that differs, unless `written` is a multipart/signed that
/// contains each field of the original with its meaning, both outside and in the signed part, and each part with its
/// content. `keeps_date` is false if the Date was replaced.
base::Result<> check_written(const Source& original, const Message& message, const Source& written, bool keeps_date);

} // namespace sceau::mail::mime
