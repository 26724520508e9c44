// The message's own header: what stays outside the signature, and what of it is copied inside (RFC 9788).
#pragma once

#include "mail/mime/entity.h"

namespace sceau::mail::mime {

/// Where a message's fields go that describe the message rather than its content.
struct HeaderSections {
    std::string outer;          // all of them in their order, MIME-Version, Date and Message-ID added where missing
    std::string protected_copy; // those that a mail program would have written, for the payload
};

/// `bad_message` for a field that cannot be written in 7-bit form, and for a missing or repeated From.
base::Result<HeaderSections> header_sections(const Entity& root);

} // namespace sceau::mail::mime
