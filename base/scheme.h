// Signature schemes by their TLS 1.3 names (RFC 8446 §4.2.3), and their digests.
#pragma once

#include "base/bytes.h"
#include "base/described.h"

#include <array>
#include <optional>
#include <string_view>

namespace sceau::base {

enum class Hash { sha256, sha384, sha512 };
enum class KeyType { rsa, ec };
enum class Padding { pkcs1, pss, none };

/// Returns the size in bytes.
std::size_t digest_size(Hash hash);
/// Returns OpenSSL's name: "sha256".
const char* to_string(Hash hash);
Bytes hash_of(Hash hash, BytesView data);

enum class Scheme {
    rsa_pkcs1_sha256,
    rsa_pkcs1_sha384,
    rsa_pkcs1_sha512,
    rsa_pss_rsae_sha256, // MGF1 with the same hash, the salt as long as the digest
    rsa_pss_rsae_sha384,
    rsa_pss_rsae_sha512,
    ecdsa_secp256r1_sha256,
    ecdsa_secp384r1_sha384,
    ecdsa_secp521r1_sha512,
};

struct SchemeTraits {
    Scheme scheme;
    std::string_view name;
    KeyType key_type;
    Padding padding;
    Hash hash;
    int curve_bits; // 0 for RSA
};

/// Returns all schemes; within a family, the strongest hash comes last.
std::span<const SchemeTraits> all_schemes();
const SchemeTraits& traits(Scheme scheme);
std::string_view to_string(Scheme scheme);
std::optional<Scheme> scheme_from(std::string_view name);

inline std::vector<Enumerator<Scheme>> enumerators(Scheme)
{
    std::vector<Enumerator<Scheme>> all;
    for (const SchemeTraits& scheme : all_schemes())
        all.push_back({scheme.scheme, scheme.name});
    return all;
}

} // namespace sceau::base
