// The algorithms that a SignerInfo names (RFC 5652 §5.3) and the keys that belong to them: which of them can be
// checked, and at bounded cost. For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/content_hash.h"
#include "mail/cms/flaw.h"
#include "mail/cms/openssl.h"

namespace sceau::mail::cms {

const EVP_MD* evp_md(ContentHash hash);

/// Returns nothing for an unknown hash.
std::optional<ContentHash> digest_hash(CMS_SignerInfo* signer);

/// Returns whether the signature's algorithm uses another hash than the one that digests the content.
bool names_two_hashes(CMS_SignerInfo* signer);

/// Returns nothing if both algorithms are known and fit together; how much they prove is a separate question.
std::optional<Flaw> flaw_of_algorithms(CMS_SignerInfo* signer);

/// Returns whether the key is RSA or elliptic, and so small that nobody can make a reader compute for long: RSA up to
/// 8192 bits with exponents up to 64 bits.
bool is_checkable(const EVP_PKEY* key);
/// Does the same for the keys of authorities, of which OpenSSL knows more kinds. A kind that OpenSSL does not know
/// costs nothing.
bool is_bounded(const EVP_PKEY* key);

/// Returns whether the signature is directly over the content, without signed attributes (RFC 5652 §5.4).
bool verifies_digest(CMS_SignerInfo* signer, EVP_PKEY* key, ContentHash hash, base::BytesView digest);

} // namespace sceau::mail::cms
