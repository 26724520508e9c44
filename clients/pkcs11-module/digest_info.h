// Extracts the digest from the DigestInfo that programs pass to CKM_RSA_PKCS (RFC 8017 §9.2), because the agent needs
// to know the hash.
#pragma once

#include "base/scheme.h"

#include <optional>

namespace sceau::pkcs11_module {

struct DigestInfo {
    base::Hash hash;
    base::BytesView digest; // points into the input
};

/// Returns nothing unless the input is, byte for byte, the DER of a DigestInfo of SHA-256, SHA-384 or SHA-512 with NULL
/// parameters and a digest of that hash's length. Only such a DigestInfo is what the token would make of the digest
/// again.
std::optional<DigestInfo> parse_digest_info(base::BytesView der);

} // namespace sceau::pkcs11_module
