// The DigestInfo that programs give to CKM_RSA_PKCS (RFC 8017 §9.2), back to the digest in it: the agent wants to know
// which hash it is.
#pragma once

#include "base/scheme.h"

#include <optional>

namespace sceau::pkcs11_module {

struct DigestInfo {
    base::Hash hash;
    base::BytesView digest; // within what was parsed
};

/// None unless it is, byte for byte, the DER of a DigestInfo of SHA-256, SHA-384 or SHA-512 with NULL parameters and a
/// digest of that hash's length: only that is what the token would make of the digest again.
std::optional<DigestInfo> parse_digest_info(base::BytesView der);

} // namespace sceau::pkcs11_module
