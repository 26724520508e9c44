// Compares GMime's own parse of a message with the scanner's.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Fails with `bad_message` if GMime finds other parts, fields or bodies than `message` has. If the message is known to
/// be defective, GMime may differ, since the defects are already reported.
base::Result<> read_again(const Source& source, const Message& message);

} // namespace sceau::mail::mime
