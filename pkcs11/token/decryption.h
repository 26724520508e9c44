// RSA decryption in PKCS#11's terms. CKM_RSA_X_509 (no padding) is used if the token has it, because the agent decides
// what wrong padding means. Otherwise the scheme's own mechanism is used and the padding is put on again.
#pragma once

#include "base/decryption_scheme.h"
#include "pkcs11/token/library.h"

namespace sceau::pkcs11::token {

/// Fails with `unsupported` if the token has neither. An OAEP mechanism points to constants.
base::Result<CK_MECHANISM> decryption_mechanism(const Library& library, CK_SLOT_ID slot, base::DecryptionScheme scheme);

/// Returns the encoded message, `size` bytes, from the result of C_Decrypt with that mechanism. If the module rejected
/// the padding, or the ciphertext for any other reason, the message has wrong padding. Other failures are
/// `token_absent` and `token_failed`.
base::Result<base::Bytes> encoded_message(base::DecryptionScheme scheme, CK_MECHANISM_TYPE mechanism,
                                          base::Result<base::Bytes> output, std::size_t size);

} // namespace sceau::pkcs11::token
