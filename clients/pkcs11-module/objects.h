// The certificates and keys of one token as PKCS#11 objects, made from what the agent reports.
#pragma once

#include "clients/pkcs11-module/cryptoki.h"
#include "ipc/messages.h"

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace sceau::pkcs11_module {

/// Everything needed to use a private key.
struct PrivateKey {
    base::KeyId id;
    base::KeyType type = base::KeyType::rsa;
    int bits = 0;                      // of the modulus or the curve
    std::vector<base::Scheme> schemes; // empty: the key does not sign
    bool decrypts = false;             // RSA decryption or ECDH

    /// The size of a signature in PKCS#11's form: that of the modulus, or of r and s, each as long as the curve's
    /// order.
    std::size_t signature_size() const;
    std::size_t modulus_size() const { return (static_cast<std::size_t>(bits) + 7) / 8; }
};

struct Object {
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE; // given by Slots
    CK_OBJECT_CLASS object_class = CKO_CERTIFICATE;
    std::map<CK_ATTRIBUTE_TYPE, base::Bytes> attributes;
    std::shared_ptr<const PrivateKey> key; // for private keys only
    base::Bytes key_id = {};               // the key's name in the protocol, by which a search for CKA_ID finds it too

    /// Whether the object has every attribute of the template with exactly this value (PKCS#11 2.40 §5.7.6).
    bool matches(std::span<const CK_ATTRIBUTE> wanted) const;
    /// C_GetAttributeValue (PKCS#11 2.40 §5.7.5): fills in what it can and returns the code of the last attribute that
    /// failed.
    CK_RV read(std::span<CK_ATTRIBUTE> wanted) const;
    std::size_t size() const;
    void set_number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
};

/// Returns, for each key, its certificate if there is one, a private and a public key, and once each the issuers'
/// certificates. CKA_ID is the token's own, since URIs and configurations name it. For issuers, and if the agent does
/// not know the CKA_ID, it is the key's name in the protocol.
std::vector<Object> objects_of(const std::vector<ipc::Key>& keys);

} // namespace sceau::pkcs11_module
