// Checks what a client shows of the content against what is really signed. The agent links no mail parser.
#pragma once

#include "base/digest.h"
#include "ipc/messages.h"
#include "mail/cms/signed_attributes.h"

namespace sceau::agent {

/// Checks evidence of kind `attributes`. Fails with `evidence_mismatch` unless the digest is that of the attributes
/// under the scheme's hash, the attributes can be read, and any certificate that they name is one of the key's
/// `certificates` (DER). Fails with `unsupported` for any other kind.
base::Result<mail::cms::SignedAttributes> check_evidence(const ipc::Evidence& evidence, base::Scheme scheme,
                                                         const base::Digest& digest,
                                                         const std::vector<base::Bytes>& certificates);

} // namespace sceau::agent
