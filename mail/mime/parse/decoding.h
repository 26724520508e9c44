// The content of a part without its transfer encoding (RFC 2045 §6).
#pragma once

#include "mail/mime/parse/entity.h"
#include "mail/mime/writer.h"

namespace sceau::mail::mime {

/// Passes the decoded content of a leaf to the sink piece by piece. It is as lenient as GMime with invalid encodings,
/// and leaves an encoding that RFC 2045 does not define. Fails with `io` if the source cannot be read, otherwise with
/// the sink's error.
base::Result<> decode(const Source& source, Range body, Encoding encoding, const Sink& sink);

/// Returns the decoded content as a source. Fails with `io` if it cannot be read or the temporary file cannot be
/// written.
base::Result<Source> decoded_body(const Source& source, const Entity& leaf);

/// Returns whether anything in an entity is encrypted, according to its header or to the CMS structure in it. Fails
/// with `io` in the same way.
base::Result<bool> holds_encrypted(const Source& source, const Entity& entity);

} // namespace sceau::mail::mime
