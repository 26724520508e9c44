// The certificates and keys of one token as PKCS#11's objects, made of what the agent tells.
#pragma once

#include "clients/pkcs11-module/cryptoki.h"
#include "ipc/messages.h"

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace sceau::pkcs11_module {

/// What using a private key takes.
struct PrivateKey {
    base::KeyId id;
    base::KeyType type = base::KeyType::rsa;
    int bits = 0;                      // of the modulus or the curve
    std::vector<base::Scheme> schemes; // none: it does not sign
    bool decrypts = false;             // RSA decryption or ECDH

    /// Of a signature as PKCS#11 has it: the modulus' length, or r and s, each as long as the curve's order.
    std::size_t signature_size() const;
    std::size_t modulus_size() const { return (static_cast<std::size_t>(bits) + 7) / 8; }
};

struct Object {
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE; // given by Handles
    CK_OBJECT_CLASS object_class = CKO_CERTIFICATE;
    std::map<CK_ATTRIBUTE_TYPE, base::Bytes> attributes;
    std::shared_ptr<const PrivateKey> key; // of private keys
    base::Bytes key_id = {};               // the key's name in the protocol: a search for it as CKA_ID finds this too

    /// Each attribute of the template is there with just this value (PKCS#11 2.40 §5.7.6).
    bool matches(std::span<const CK_ATTRIBUTE> wanted) const;
    /// C_GetAttributeValue (PKCS#11 2.40 §5.7.5): fills in what it can and answers for the last attribute that failed.
    CK_RV read(std::span<CK_ATTRIBUTE> wanted) const;
    std::size_t size() const;
    void set_number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
};

/// A certificate, where it has one, a private and a public key of each key, and the issuers' certificates, each once.
/// CKA_ID is the token's own, which URIs and configurations name; where the agent does not tell it, and for issuers,
/// the key's name in the protocol.
std::vector<Object> objects_of(const std::vector<ipc::Key>& keys);

} // namespace sceau::pkcs11_module
