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
    std::optional<base::Hash> hash; // the hash that is computed here; empty: the program passes a digest

    /// Whether a key with that scheme can serve this mechanism.
    bool fits(const base::SchemeTraits& scheme) const;
};

/// Returns null for an unknown mechanism.
const Mechanism* find_mechanism(CK_MECHANISM_TYPE type);

/// A hash that is computed here, for any program that asks.
struct DigestMechanism {
    CK_MECHANISM_TYPE type;
    const char* name; // OpenSSL's name
};

/// Returns null for an unknown mechanism.
const DigestMechanism* find_digest(CK_MECHANISM_TYPE type);

/// Returns the mechanisms that one of these keys can serve, those that hash and sign first, and then the digests.
std::vector<CK_MECHANISM_TYPE> mechanisms_of(const std::vector<Object>& objects);

/// C_GetMechanismInfo: returns nothing if no key can serve the mechanism. The mechanisms that sign also verify, but do
/// not say so.
std::optional<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type, const std::vector<Object>& objects);

} // namespace sceau::pkcs11_module
