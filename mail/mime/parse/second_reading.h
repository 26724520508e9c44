// GMime's own parse of the message, held against the scanner's.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// `bad_message` when GMime finds other parts, other fields or other bodies than the message tells. Where the message
/// is known to be defective, GMime may differ: the defects are told already.
base::Result<> read_again(const Source& source, const Message& message);

} // namespace sceau::mail::mime
