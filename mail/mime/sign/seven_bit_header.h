// A header field in the form that is signed: CRLF line ends, ASCII, lines under 998 bytes.
#pragma once

#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// The whole field with its last CRLF. Its bytes stay the same but for line ends and the blanks before them, unless it
/// holds 8-bit bytes or a line over 998 bytes: then it is written again, folded, with encoded words (RFC 2047), encoded
/// parameters (RFC 2231) and domains in A-labels (RFC 5890) that say the same. What is 8-bit and no UTF-8 is read as
/// utf8_value has it, `charset` being the body's. `bad_message` for a field that cannot be written so, a local part
/// beyond ASCII (RFC 6532) for one, and for bytes whose charset would be a guess.
base::Result<std::string> seven_bit_field(const HeaderField& field, const std::string& charset = {});

/// The Content-Type field with one parameter added or replaced.
base::Result<std::string> with_parameter(const HeaderField& content_type, const std::string& name,
                                         const std::string& value, const std::string& charset = {});

} // namespace sceau::mail::mime
