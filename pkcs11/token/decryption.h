// RSA decryption in PKCS#11's terms. CKM_RSA_X_509 (no padding) where the token has it: what a wrong padding is worth
// is the agent's to decide. Where it has not, the scheme's own mechanism, and the padding is put on again.
#pragma once

#include "base/decryption_scheme.h"
#include "pkcs11/token/library.h"

namespace sceau::pkcs11::token {

/// `unsupported` where the token has neither. An OAEP mechanism points to constants.
base::Result<CK_MECHANISM> decryption_mechanism(const Library& library, CK_SLOT_ID slot, base::DecryptionScheme scheme);

/// The encoded message, `size` bytes, from what C_Decrypt gave with that mechanism. Where the module found the padding
/// wrong, or whatever it did not like about the ciphertext, one that is wrong. `token_absent` and `token_failed`
/// otherwise.
base::Result<base::Bytes> encoded_message(base::DecryptionScheme scheme, CK_MECHANISM_TYPE mechanism,
                                          base::Result<base::Bytes> output, std::size_t size);

} // namespace sceau::pkcs11::token
