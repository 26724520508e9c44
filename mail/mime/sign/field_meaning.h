// Whether two values of a header field mean the same, and what its undeclared 8-bit bytes mean.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Compares two values, in ASCII or UTF-8, as a reader understands them: addresses with their names, types and
/// parameters, and other text with its encoded words decoded. Blanks may differ as folds do (RFC 5322 §2.2.3).
bool same_meaning(const HeaderField& field, const std::string& one, const std::string& other);

bool same_content_type(const ContentType& one, const ContentType& other);

/// Returns the charset that the message's first text declares. A program that writes raw bytes into a header uses that
/// charset for them. Empty if it is ASCII or none is declared.
std::string body_charset(const Entity& message);

/// Returns a raw value in UTF-8. It is unchanged if it already is UTF-8, and otherwise converted from the charset that
/// the body declares. Without a charset, accented letters between other letters are read as ISO-8859-1, as mail
/// programs show them. Returns nothing if that would be a guess: bytes outside the charset, or raw bytes in an encoded
/// word of another charset (RFC 2047 §2).
std::optional<std::string> utf8_value(const std::string& raw, const std::string& charset);

/// Returns whether the charset contains ASCII as it is, so that line ends can be seen and quoted-printable can be read.
/// This is not so for UTF-16, UTF-7 and EBCDIC.
bool holds_ascii(const std::string& charset);

} // namespace sceau::mail::mime
