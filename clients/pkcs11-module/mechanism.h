// The mechanisms of PKCS#11 that the agent's schemes can serve.
#pragma once

#include "clients/pkcs11-module/objects.h"

#include <optional>
#include <vector>

namespace sceau::pkcs11_module {

struct Mechanism {
    CK_MECHANISM_TYPE type;
    base::KeyType key_type;
    base::Padding padding;
    std::optional<base::Hash> hash; // what is signed comes unhashed; none: it comes as a digest

    /// Whether a key with that scheme can serve it.
    bool fits(const base::SchemeTraits& scheme) const;
};

/// None for what we do not know.
const Mechanism* find_mechanism(CK_MECHANISM_TYPE type);

/// A hash that is computed here, for whoever asks.
struct DigestMechanism {
    CK_MECHANISM_TYPE type;
    const char* name; // OpenSSL's
};

/// None for what we do not know.
const DigestMechanism* find_digest(CK_MECHANISM_TYPE type);

/// Those that one of these keys can serve, hash-and-sign first, and the digests.
std::vector<CK_MECHANISM_TYPE> mechanisms_of(const std::vector<Object>& objects);

/// C_GetMechanismInfo; none where no key can serve it. Verification is done by those that sign, and not told.
std::optional<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type, const std::vector<Object>& objects);

} // namespace sceau::pkcs11_module
