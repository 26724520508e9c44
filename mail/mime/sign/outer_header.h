// The message's own header: what stays outside the signature, and what of it is copied inside (RFC 9788).
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Where a message's fields go that describe the message rather than its content.
struct HeaderSections {
    std::string outer;          // all of them in their order, MIME-Version, Date and Message-ID added where missing
    std::string protected_copy; // those that a mail program would have written, for the payload
};

/// Whether a field is the composer's words, and goes into the signed part.
bool is_protected(const HeaderField& field);

/// `date` is the value of the Date field that takes the place of the message's own; none where that stays.
/// `bad_message` for a field that cannot be written in 7-bit form, and for a missing or repeated From.
base::Result<HeaderSections> header_sections(const Entity& root, const std::optional<std::string>& date = std::nullopt);

/// RFC 5322 §3.3, the local time with its offset. `moment` in seconds since 1970.
std::string date_at(std::int64_t moment);

} // namespace sceau::mail::mime
