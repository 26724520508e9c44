// The parts of a certificate that PKCS#11 needs, in its own encodings.
#pragma once

#include "base/key_id.h"
#include "base/scheme.h"

#include <optional>
#include <string>

namespace sceau::pkcs11_module {

/// The values of a key's attributes. Numbers are big-endian without a sign byte.
struct PublicKey {
    base::KeyType type = base::KeyType::rsa;
    int bits = 0;
    base::Bytes modulus;  // RSA
    base::Bytes exponent; // RSA
    base::Bytes params;   // EC: DER of the curve's name
    base::Bytes point;    // EC: DER OCTET STRING of the point
};

struct Certificate {
    std::string label;           // the common name, otherwise the whole name on one line
    base::Bytes subject;         // DER
    base::Bytes issuer;          // DER
    base::Bytes serial_number;   // DER INTEGER
    base::Bytes public_key_info; // DER
    base::KeyId key;
    std::optional<PublicKey> public_key; // empty for kinds other than RSA and EC
};

/// Reads only what objects are made of, because the agent has already checked that this is a certificate. `key_name` is
/// given if it is known. Returns nothing if a part is missing.
std::optional<Certificate> read_certificate(base::BytesView der, const std::optional<base::KeyId>& key = std::nullopt);

/// Reads a SubjectPublicKeyInfo that has no certificate. The fields that only a certificate provides are empty.
std::optional<Certificate> read_public_key(base::BytesView info, const std::string& label);

} // namespace sceau::pkcs11_module
