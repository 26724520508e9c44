// A scheme in PKCS#11's terms: the mechanism, what C_Sign is given for a digest, and what is made of its bytes. The
// digest is made by the caller, so mechanisms that hash are not used.
#pragma once

#include "base/digest.h"
#include "pkcs11/token/cryptoki.h"

namespace sceau::pkcs11::token {

/// CKM_RSA_PKCS, CKM_RSA_PKCS_PSS or CKM_ECDSA. A PSS mechanism points to constants.
CK_MECHANISM mechanism_of(base::Scheme scheme);

/// For PKCS #1 v1.5 the DER of a DigestInfo (RFC 8017 §9.2), else the digest itself.
base::Bytes input_of(base::Scheme scheme, const base::Digest& digest);

/// C_Sign's bytes as they go over the wire: RSA's as they are, ECDSA's r‖s as DER (RFC 3279 §2.2.3). `token_failed`
/// unless RSA's are as long as the modulus (not checked where that is 0: unknown) and r and s each as long as the
/// curve's order.
base::Result<base::Bytes> signature_of(base::Scheme scheme, base::BytesView output, std::size_t modulus_size);

} // namespace sceau::pkcs11::token
