// Decryption and key agreement: from what a program gives, through the agent, to what it gets back.
#pragma once

#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

/// What a mechanism of RSA decryption asks for: CKR_MECHANISM_INVALID or CKR_MECHANISM_PARAM_INVALID.
Answer<base::DecryptionScheme> decryption_scheme(const CK_MECHANISM& mechanism);

/// From C_DecryptInit to C_Decrypt.
struct DecryptionOperation {
    std::shared_ptr<const PrivateKey> key;
    base::DecryptionScheme scheme;

    /// CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_TYPE_INCONSISTENT or CKR_KEY_FUNCTION_NOT_PERMITTED.
    static Answer<DecryptionOperation> begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism);

    /// Of a plaintext, at most.
    std::size_t plaintext_limit() const { return key->modulus_size(); }
};

/// C_DeriveKey's parameters: CKM_ECDH1_DERIVE (PKCS#11 2.40 mechanisms §2.3.5).
struct Derivation {
    std::shared_ptr<const PrivateKey> key;
    base::Bytes public_key; // uncompressed point
    CK_ULONG function = CKD_NULL;
    base::Bytes shared_info;

    /// The same answers. The point may be DER's OCTET STRING of it too (2.40 mechanisms §2.3.3).
    static Answer<Derivation> begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism);
};

// These wait as long as the person takes. One after the other they are on one connection: the agent answers a repeated
// request on the same connection without asking.

Answer<base::Bytes> plaintext_from_agent(const DecryptionOperation& operation, base::BytesView ciphertext);

/// The secret after its key derivation function (ANSI X9.63), `size` bytes; without a function, the first `size` bytes,
/// all of them for 0. CKR_KEY_SIZE_RANGE where there are not as many.
Answer<base::Bytes> secret_from_agent(const Derivation& derivation, std::size_t size);

} // namespace sceau::pkcs11_module
