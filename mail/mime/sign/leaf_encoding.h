// Which transfer encoding a leaf needs to be signed (RFC 8551 §3.1.3), and its content in that encoding.
#pragma once

#include "mail/mime/parse/entity.h"
#include "mail/mime/writer.h"

namespace sceau::mail::mime {

/// "quoted-printable", as the field has it.
std::string_view to_string(Encoding encoding);

/// None where the leaf's bytes can stay as they are; else what they are to be encoded in. Text stays readable
/// (quoted-printable) unless base64 is smaller. `bad_message` for what cannot be encoded without changing it: NUL bytes
/// in what is not binary, an encoding that is unknown, base64 that is damaged.
base::Result<std::optional<Encoding>> encoding_to_sign(const Source& source, const Entity& leaf);

/// The leaf's content, decoded, with CRLF where a line of text ends: the same before and after it is encoded anew.
base::Result<> leaf_content(const Source& source, const Entity& leaf, const Sink& sink);

/// The leaf's content in quoted-printable or base64, with CRLF line ends.
base::Result<> encode_leaf(const Source& source, const Entity& leaf, Encoding encoding, const Sink& sink);

} // namespace sceau::mail::mime
