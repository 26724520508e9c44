// The transfer encoding that a leaf needs in order to be signed (RFC 8551 §3.1.3), and its content in that encoding.
#pragma once

#include "mail/mime/parse/entity.h"
#include "mail/mime/writer.h"

namespace sceau::mail::mime {

/// Returns the field's value: "quoted-printable".
std::string_view to_string(Encoding encoding);

/// Returns nothing if the leaf's bytes can stay as they are, otherwise the encoding that they need. Text stays readable
/// (quoted-printable) unless base64 is smaller. Fails with `bad_message` if encoding would change the content: NUL
/// bytes in something that is not binary, an unknown encoding, damaged base64.
base::Result<std::optional<Encoding>> encoding_to_sign(const Source& source, const Entity& leaf);

/// Passes on the leaf's decoded content, with CRLF at the end of each line of text. It is the same before and after the
/// leaf is encoded again.
base::Result<> leaf_content(const Source& source, const Entity& leaf, const Sink& sink);

/// Passes on the leaf's content in quoted-printable or base64, with CRLF line ends.
base::Result<> encode_leaf(const Source& source, const Entity& leaf, Encoding encoding, const Sink& sink);

} // namespace sceau::mail::mime
