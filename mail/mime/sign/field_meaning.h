// Whether two values of a header field say the same, and what its undeclared 8-bit bytes mean.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// As a reader takes it, both values in ASCII or UTF-8: addresses with their names, types and parameters, else text
/// with its encoded words decoded; blanks may differ as folds do (RFC 5322 §2.2.3).
bool same_meaning(const HeaderField& field, const std::string& one, const std::string& other);

bool same_content_type(const ContentType& one, const ContentType& other);

/// The charset that a message's first text declares: what a program that writes raw bytes into a header writes them in.
/// Empty where none is declared, or ASCII.
std::string body_charset(const Entity& message);

/// A raw value in UTF-8: as it is where it is UTF-8, else from the charset that the body declares; without one,
/// accented letters that stand between others are taken for ISO-8859-1, as mail programs show them. None where that is
/// a guess: bytes that the charset does not hold, raw bytes in an encoded word of another charset (RFC 2047 §2).
std::optional<std::string> utf8_value(const std::string& raw, const std::string& charset);

/// Whether ASCII is itself in the charset, so that line ends can be seen and quoted-printable be read: not in UTF-16,
/// UTF-7 or EBCDIC.
bool holds_ascii(const std::string& charset);

} // namespace sceau::mail::mime
