// The message's own header: what stays outside the signature, and what is copied inside (RFC 9788).
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Where the fields go that describe the message rather than its content.
struct HeaderSections {
    std::string outer;          // all fields in their order; MIME-Version, Date and Message-ID are added if missing
    std::string protected_copy; // the fields that a mail program would have written, for the payload
};

/// Returns whether a field contains the composer's words and so goes into the signed part.
bool is_protected(const HeaderField& field);

/// `date` is the value of the Date field that replaces the message's own; if empty, that one stays. Fails with
/// `bad_message` for a field that cannot be written in 7-bit form, and for a missing or repeated From.
base::Result<HeaderSections> header_sections(const Entity& root, const std::optional<std::string>& date = std::nullopt);

/// Returns the local time with its offset, as in RFC 5322 §3.3. `moment` is in seconds since 1970.
std::string date_at(std::int64_t moment);

} // namespace sceau::mail::mime
