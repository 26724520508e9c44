// Harmless oddities of the part that contains a detached signature, which is neither signed nor shown.
#pragma once

#include "mail/cms/content_hash.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Returns whether micalg names known hashes but not that of one of the signatures. It is a hint for readers in one
/// pass, and may say "unknown" or anything else (RFC 8551 §3.5.3.2).
bool names_another_hash(const Entity& multipart, const std::vector<cms::ContentHash>& hashes);

/// Returns whether a part's base64 contains more than its text: bytes after the padding, or characters outside the
/// alphabet. Gateways append their footers this way. Fails with `io` if the part cannot be read.
base::Result<bool> holds_more_than_base64(const Source& source, const Entity& part);

} // namespace sceau::mail::mime
