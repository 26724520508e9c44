#include "base/scheme.h"

#include "base/openssl.h"

#include <algorithm>

namespace sceau::base {

namespace {

constexpr std::array kSchemes = {
    SchemeTraits{Scheme::rsa_pkcs1_sha256, "rsa_pkcs1_sha256", KeyType::rsa, Padding::pkcs1, Hash::sha256, 0},
    SchemeTraits{Scheme::rsa_pkcs1_sha384, "rsa_pkcs1_sha384", KeyType::rsa, Padding::pkcs1, Hash::sha384, 0},
    SchemeTraits{Scheme::rsa_pkcs1_sha512, "rsa_pkcs1_sha512", KeyType::rsa, Padding::pkcs1, Hash::sha512, 0},
    SchemeTraits{Scheme::rsa_pss_rsae_sha256, "rsa_pss_rsae_sha256", KeyType::rsa, Padding::pss, Hash::sha256, 0},
    SchemeTraits{Scheme::rsa_pss_rsae_sha384, "rsa_pss_rsae_sha384", KeyType::rsa, Padding::pss, Hash::sha384, 0},
    SchemeTraits{Scheme::rsa_pss_rsae_sha512, "rsa_pss_rsae_sha512", KeyType::rsa, Padding::pss, Hash::sha512, 0},
    SchemeTraits{Scheme::ecdsa_secp256r1_sha256, "ecdsa_secp256r1_sha256", KeyType::ec, Padding::none, Hash::sha256,
                 256},
    SchemeTraits{Scheme::ecdsa_secp384r1_sha384, "ecdsa_secp384r1_sha384", KeyType::ec, Padding::none, Hash::sha384,
                 384},
    SchemeTraits{Scheme::ecdsa_secp521r1_sha512, "ecdsa_secp521r1_sha512", KeyType::ec, Padding::none, Hash::sha512,
                 521},
};

} // namespace

const EVP_MD* evp_md(Hash hash)
{
    switch (hash) {
    case Hash::sha256:
        return EVP_sha256();
    case Hash::sha384:
        return EVP_sha384();
    case Hash::sha512:
        return EVP_sha512();
    }
    return nullptr;
}

std::size_t digest_size(Hash hash)
{
    switch (hash) {
    case Hash::sha256:
        return 32;
    case Hash::sha384:
        return 48;
    case Hash::sha512:
        return 64;
    }
    return 0;
}

const char* to_string(Hash hash)
{
    switch (hash) {
    case Hash::sha256:
        return "sha256";
    case Hash::sha384:
        return "sha384";
    case Hash::sha512:
        return "sha512";
    }
    return "";
}

Bytes hash_of(Hash hash, BytesView data)
{
    Bytes digest(digest_size(hash));
    unsigned size = 0;
    EVP_Digest(data.data(), data.size(), digest.data(), &size, evp_md(hash), nullptr);
    return digest;
}

std::span<const SchemeTraits> all_schemes()
{
    return kSchemes;
}

const SchemeTraits& traits(Scheme scheme)
{
    return kSchemes[static_cast<std::size_t>(scheme)];
}

std::string_view to_string(Scheme scheme)
{
    return traits(scheme).name;
}

std::optional<Scheme> scheme_from(std::string_view name)
{
    const auto* found = std::ranges::find(kSchemes, name, &SchemeTraits::name);
    return found == kSchemes.end() ? std::nullopt : std::optional(found->scheme);
}

} // namespace sceau::base
