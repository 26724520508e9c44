// What PKCS#11 wants to know of a certificate, in its own encodings.
#pragma once

#include "base/key_id.h"
#include "base/scheme.h"

#include <optional>
#include <string>

namespace sceau::pkcs11_module {

/// As the attributes of a key want them: numbers big-endian without sign byte.
struct PublicKey {
    base::KeyType type = base::KeyType::rsa;
    int bits = 0;
    base::Bytes modulus;  // RSA
    base::Bytes exponent; // RSA
    base::Bytes params;   // EC: DER of the curve's name
    base::Bytes point;    // EC: DER OCTET STRING of the point
};

struct Certificate {
    std::string label;           // the common name, else the name on one line
    base::Bytes subject;         // DER
    base::Bytes issuer;          // DER
    base::Bytes serial_number;   // DER INTEGER
    base::Bytes public_key_info; // DER
    base::KeyId key;
    std::optional<PublicKey> public_key; // none of another kind than RSA and EC
};

/// What the agent told of, it has read as a certificate: here, only what objects are made of is looked at. None where
/// that is not there. With the key's name, where it is known already.
std::optional<Certificate> read_certificate(base::BytesView der, const std::optional<base::KeyId>& key = std::nullopt);

/// Of a SubjectPublicKeyInfo that no certificate has: what a certificate alone tells is empty.
std::optional<Certificate> read_public_key(base::BytesView info, const std::string& label);

} // namespace sceau::pkcs11_module
