// What a client shows of what it has signed, checked against what is really signed. No mail parser: the agent links
// none.
#pragma once

#include "base/digest.h"
#include "ipc/messages.h"
#include "mail/cms/signed_attributes.h"

namespace sceau::agent {

/// Of kind `attributes`: `evidence_mismatch` unless the digest is theirs by the scheme's hash, they can be read, and
/// they name no other certificate than one of these (DER) of the key's, where it has any. `unsupported` for another
/// kind.
base::Result<mail::cms::SignedAttributes> check_evidence(const ipc::Evidence& evidence, base::Scheme scheme,
                                                         const base::Digest& digest,
                                                         const std::vector<base::Bytes>& certificates);

} // namespace sceau::agent
