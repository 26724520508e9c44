// Decryption and key agreement: from a program's input, through the agent, to its result.
#pragma once

#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

/// Returns what a mechanism of RSA decryption asks for. Fails with CKR_MECHANISM_INVALID or
/// CKR_MECHANISM_PARAM_INVALID.
Answer<base::DecryptionScheme> decryption_scheme(const CK_MECHANISM& mechanism);

/// From C_DecryptInit to C_Decrypt.
struct DecryptionOperation {
    std::shared_ptr<const PrivateKey> key;
    base::DecryptionScheme scheme;

    /// Fails with CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_TYPE_INCONSISTENT or
    /// CKR_KEY_FUNCTION_NOT_PERMITTED.
    static Answer<DecryptionOperation> begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism);

    /// The longest possible plaintext, in bytes.
    std::size_t plaintext_limit() const { return key->modulus_size(); }
};

/// C_DeriveKey's parameters: CKM_ECDH1_DERIVE (PKCS#11 2.40 mechanisms §2.3.5).
struct Derivation {
    std::shared_ptr<const PrivateKey> key;
    base::Bytes public_key; // an uncompressed point
    CK_ULONG function = CKD_NULL;
    base::Bytes shared_info;

    /// Fails as DecryptionOperation::begin() does. The point may also be the DER of an OCTET STRING (2.40 mechanisms
    /// §2.3.3).
    static Answer<Derivation> begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism);
};

// These functions wait as long as the person takes. Successive calls share a connection, since the agent answers a
// repeated request on the same connection without asking.

Answer<base::Bytes> plaintext_from_agent(const DecryptionOperation& operation, base::BytesView ciphertext);

/// Returns `size` bytes of the secret after its key derivation function (ANSI X9.63). Without such a function, these
/// are the first bytes of the secret, or all of them if `size` is 0. Fails with CKR_KEY_SIZE_RANGE if there are not as
/// many.
Answer<base::Bytes> secret_from_agent(const Derivation& derivation, std::size_t size);

} // namespace sceau::pkcs11_module
