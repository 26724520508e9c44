// A part's content, its transfer encoding taken off (RFC 2045 §6).
#pragma once

#include "mail/mime/parse/entity.h"
#include "mail/mime/writer.h"

namespace sceau::mail::mime {

/// Gives the decoded content of a leaf piece by piece, as lenient as GMime is with what is not validly encoded. An
/// encoding that RFC 2045 does not define is left on. `io` when the source cannot be read, else the sink's error.
base::Result<> decode(const Source& source, Range body, Encoding encoding, const Sink& sink);

/// The same as a source of its own. `io` when it cannot be read or the temporary file cannot be written.
base::Result<Source> decoded_body(const Source& source, const Entity& leaf);

/// Whether something in an entity is encrypted, by what it says or by the CMS structure in it. `io` as above.
base::Result<bool> holds_encrypted(const Source& source, const Entity& entity);

} // namespace sceau::mail::mime
