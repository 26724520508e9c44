// Writes a header field in the form that is signed: ASCII, CRLF line ends, no line over 998 bytes.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Returns the whole field with its last CRLF. Apart from line ends and the blanks before them, its bytes do not change
/// unless it contains 8-bit bytes or a line over 998 bytes. Such a field is written again, folded, with encoded words
/// (RFC 2047), encoded parameters (RFC 2231) and domains in A-labels (RFC 5890) of the same meaning. Bytes that are
/// 8-bit and not UTF-8 are read as utf8_value() does; `charset` is the body's. Fails with `bad_message` for a field
/// that cannot be written this way, such as one with a local part beyond ASCII (RFC 6532), and for bytes whose charset
/// would be a guess.
base::Result<std::string> seven_bit_field(const HeaderField& field, const std::string& charset = {});

/// Returns the Content-Type field with one parameter added or replaced.
base::Result<std::string> with_parameter(const HeaderField& content_type, const std::string& name,
                                         const std::string& value, const std::string& charset = {});

} // namespace sceau::mail::mime
