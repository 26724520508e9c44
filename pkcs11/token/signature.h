// A scheme in PKCS#11's terms: the mechanism, the input of C_Sign for a digest, and the signature made of its output.
// The caller makes the digest, so mechanisms that hash are not used.
#pragma once

#include "base/digest.h"
#include "pkcs11/token/cryptoki.h"

namespace sceau::pkcs11::token {

/// CKM_RSA_PKCS, CKM_RSA_PKCS_PSS or CKM_ECDSA. A PSS mechanism points to constants.
CK_MECHANISM mechanism_of(base::Scheme scheme);

/// Returns the DER of a DigestInfo (RFC 8017 §9.2) for PKCS #1 v1.5, otherwise the digest itself.
base::Bytes input_of(base::Scheme scheme, const base::Digest& digest);

/// Turns the output of C_Sign into the signature on the wire: RSA's bytes unchanged, ECDSA's r‖s as DER (RFC 3279
/// §2.2.3). Fails with `token_failed` unless RSA's bytes are as long as the modulus (not checked if that is 0, unknown)
/// and r and s each as long as the curve's order.
base::Result<base::Bytes> signature_of(base::Scheme scheme, base::BytesView output, std::size_t modulus_size);

} // namespace sceau::pkcs11::token
