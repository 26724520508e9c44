// One SignerInfo (RFC 5652 §5.3) and what is wrong with it. For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/openssl.h"
#include "mail/cms/verification.h"

namespace sceau::mail::cms {

/// None for a hash that is not of SHA-2 with 256 bits or more.
std::optional<base::Hash> digest_hash(CMS_SignerInfo* signer);

SignerReport check_signer(CMS_SignerInfo* signer, STACK_OF(X509) * certificates, const ContentDigests& digests,
                          const Trust& trust);

} // namespace sceau::mail::cms
