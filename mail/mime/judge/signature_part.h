// What is odd about the part that holds a detached signature, and of no harm: it is not signed, and not shown.
#pragma once

#include "mail/cms/content_hash.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Whether micalg names hashes that are known here, and one of the signatures' is not among them. It is a hint for
/// readers in one pass, and may say "unknown" or anything else (RFC 8551 §3.5.3.2).
bool names_another_hash(const Entity& multipart, const std::vector<cms::ContentHash>& hashes);

/// Whether there is more in a part's base64 than its text: behind the padding, or what is no letter of it. Gateways
/// append their footers so. `io` when it cannot be read.
base::Result<bool> holds_more_than_base64(const Source& source, const Entity& part);

} // namespace sceau::mail::mime
