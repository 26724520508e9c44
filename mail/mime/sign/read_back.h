// The signed message read back as its recipients will read it, and held against the original, before anybody is asked
// for a PIN: whatever went wrong while it was written, nothing is lost under a signature.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// `bad_message`, with the field or part that differs, unless `written` is a multipart/signed in which each field of
/// the original stands with its meaning, outside and in the signed part, and each part with its content. `keeps_date`
/// is false where the Date was replaced by another one.
base::Result<> check_written(const Source& original, const Message& message, const Source& written, bool keeps_date);

} // namespace sceau::mail::mime
