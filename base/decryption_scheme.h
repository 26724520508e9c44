// RSA encryption schemes (RFC 8017 §7), with names of our own in the style of base/scheme.h.
#pragma once

#include "base/described.h"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace sceau::base {

enum class DecryptionScheme {
    rsa_pkcs1,       // RSAES-PKCS1-v1_5
    rsa_oaep_sha1,   // RSAES-OAEP, MGF1 with the same hash, an empty label
    rsa_oaep_sha256, // the others are alike
    rsa_oaep_sha384,
    rsa_oaep_sha512,
};

struct DecryptionSchemeTraits {
    DecryptionScheme scheme;
    std::string_view name;
    const char* oaep_hash; // OpenSSL's name; null for PKCS #1 v1.5
};

inline constexpr std::array kDecryptionSchemes = {
    DecryptionSchemeTraits{DecryptionScheme::rsa_pkcs1, "rsa_pkcs1", nullptr},
    DecryptionSchemeTraits{DecryptionScheme::rsa_oaep_sha1, "rsa_oaep_sha1", "sha1"},
    DecryptionSchemeTraits{DecryptionScheme::rsa_oaep_sha256, "rsa_oaep_sha256", "sha256"},
    DecryptionSchemeTraits{DecryptionScheme::rsa_oaep_sha384, "rsa_oaep_sha384", "sha384"},
    DecryptionSchemeTraits{DecryptionScheme::rsa_oaep_sha512, "rsa_oaep_sha512", "sha512"},
};

constexpr const DecryptionSchemeTraits& traits(DecryptionScheme scheme)
{
    return kDecryptionSchemes[static_cast<std::size_t>(scheme)];
}

constexpr std::string_view to_string(DecryptionScheme scheme)
{
    return traits(scheme).name;
}

constexpr std::optional<DecryptionScheme> decryption_scheme_from(std::string_view name)
{
    for (const DecryptionSchemeTraits& each : kDecryptionSchemes)
        if (each.name == name)
            return each.scheme;
    return std::nullopt;
}

inline std::vector<Enumerator<DecryptionScheme>> enumerators(DecryptionScheme)
{
    std::vector<Enumerator<DecryptionScheme>> all;
    all.reserve(kDecryptionSchemes.size());
    for (const DecryptionSchemeTraits& scheme : kDecryptionSchemes)
        all.push_back({scheme.scheme, scheme.name});
    return all;
}

} // namespace sceau::base
