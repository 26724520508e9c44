// The algorithms that a SignerInfo names (RFC 5652 §5.3), and the keys that go with them: what of it can be checked
// here, within bounds. For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/content_hash.h"
#include "mail/cms/flaw.h"
#include "mail/cms/openssl.h"

namespace sceau::mail::cms {

const EVP_MD* evp_md(ContentHash hash);

/// None for a hash that is not known here.
std::optional<ContentHash> digest_hash(CMS_SignerInfo* signer);

/// Whether the signature's algorithm goes with another hash than the content is digested with.
bool names_two_hashes(CMS_SignerInfo* signer);

/// None where both are known here and fit together; how much they prove is another question.
std::optional<Flaw> flaw_of_algorithms(CMS_SignerInfo* signer);

/// RSA or elliptic, and so small that nobody can make a reader calculate for long: RSA to 8192 bits with exponents to
/// 64 bits.
bool is_checkable(const EVP_PKEY* key);
/// The same for the keys of authorities, of which OpenSSL knows more kinds; one that OpenSSL does not know costs
/// nothing.
bool is_bounded(const EVP_PKEY* key);

/// Whether the signature is one over the content itself, without signed attributes (RFC 5652 §5.4).
bool verifies_digest(CMS_SignerInfo* signer, EVP_PKEY* key, ContentHash hash, base::BytesView digest);

} // namespace sceau::mail::cms
