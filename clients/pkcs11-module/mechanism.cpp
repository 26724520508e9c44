#include "clients/pkcs11-module/mechanism.h"

#include <algorithm>
#include <array>

namespace sceau::pkcs11_module {

namespace {

using base::Hash;
using base::KeyType;
using base::Padding;
using std::nullopt;

constexpr std::array kMechanisms = {
    Mechanism{CKM_SHA256_RSA_PKCS, KeyType::rsa, Padding::pkcs1, Hash::sha256},
    Mechanism{CKM_SHA384_RSA_PKCS, KeyType::rsa, Padding::pkcs1, Hash::sha384},
    Mechanism{CKM_SHA512_RSA_PKCS, KeyType::rsa, Padding::pkcs1, Hash::sha512},
    Mechanism{CKM_SHA256_RSA_PKCS_PSS, KeyType::rsa, Padding::pss, Hash::sha256},
    Mechanism{CKM_SHA384_RSA_PKCS_PSS, KeyType::rsa, Padding::pss, Hash::sha384},
    Mechanism{CKM_SHA512_RSA_PKCS_PSS, KeyType::rsa, Padding::pss, Hash::sha512},
    Mechanism{CKM_ECDSA_SHA256, KeyType::ec, Padding::none, Hash::sha256},
    Mechanism{CKM_ECDSA_SHA384, KeyType::ec, Padding::none, Hash::sha384},
    Mechanism{CKM_ECDSA_SHA512, KeyType::ec, Padding::none, Hash::sha512},
    Mechanism{CKM_RSA_PKCS, KeyType::rsa, Padding::pkcs1, nullopt},
    Mechanism{CKM_RSA_PKCS_PSS, KeyType::rsa, Padding::pss, nullopt},
    Mechanism{CKM_ECDSA, KeyType::ec, Padding::none, nullopt},
};

struct DecryptionMechanism {
    CK_MECHANISM_TYPE type;
    KeyType key_type;
    CK_FLAGS use;
};
constexpr std::array kDecryptionMechanisms = {
    DecryptionMechanism{CKM_RSA_PKCS, KeyType::rsa, CKF_DECRYPT | CKF_ENCRYPT},
    DecryptionMechanism{CKM_RSA_PKCS_OAEP, KeyType::rsa, CKF_DECRYPT | CKF_ENCRYPT},
    DecryptionMechanism{CKM_ECDH1_DERIVE, KeyType::ec, CKF_DERIVE},
};

constexpr std::array kDigestMechanisms = {
    DigestMechanism{CKM_SHA_1, "SHA1"},    DigestMechanism{CKM_SHA224, "SHA224"}, DigestMechanism{CKM_SHA256, "SHA256"},
    DigestMechanism{CKM_SHA384, "SHA384"}, DigestMechanism{CKM_SHA512, "SHA512"},
};

/// The uses of the mechanism with this pair of keys: CKF_SIGN, CKF_DECRYPT, CKF_DERIVE and their opposites.
CK_FLAGS uses_of(const PrivateKey& key, CK_MECHANISM_TYPE type)
{
    CK_FLAGS uses = 0;
    const Mechanism* signing = find_mechanism(type);
    if (signing != nullptr &&
        std::ranges::any_of(key.schemes, [&](base::Scheme scheme) { return signing->fits(base::traits(scheme)); }))
        uses |= CKF_SIGN; // without CKF_VERIFY: programs that see it test the module by signing SHA-1
    for (const DecryptionMechanism& decryption : kDecryptionMechanisms)
        if (decryption.type == type && decryption.key_type == key.type && key.decrypts)
            uses |= decryption.use;
    return uses;
}

} // namespace

bool Mechanism::fits(const base::SchemeTraits& scheme) const
{
    // A digest of any length fits a curve (fitted_to_curve).
    const bool hash_fits = key_type == KeyType::ec || !hash || *hash == scheme.hash;
    return key_type == scheme.key_type && padding == scheme.padding && hash_fits;
}

const Mechanism* find_mechanism(CK_MECHANISM_TYPE type)
{
    const auto* found = std::ranges::find(kMechanisms, type, &Mechanism::type);
    return found == kMechanisms.end() ? nullptr : found;
}

const DigestMechanism* find_digest(CK_MECHANISM_TYPE type)
{
    const auto* found = std::ranges::find(kDigestMechanisms, type, &DigestMechanism::type);
    return found == kDigestMechanisms.end() ? nullptr : found;
}

std::vector<CK_MECHANISM_TYPE> mechanisms_of(const std::vector<Object>& objects)
{
    std::vector<CK_MECHANISM_TYPE> types;
    const auto add = [&](CK_MECHANISM_TYPE type) {
        if (std::ranges::find(types, type) == types.end() && mechanism_info(type, objects))
            types.push_back(type);
    };
    for (const Mechanism& mechanism : kMechanisms)
        add(mechanism.type);
    for (const DecryptionMechanism& mechanism : kDecryptionMechanisms)
        add(mechanism.type);
    for (const DigestMechanism& mechanism : kDigestMechanisms)
        add(mechanism.type);
    return types;
}

std::optional<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type, const std::vector<Object>& objects)
{
    if (find_digest(type) != nullptr)
        return CK_MECHANISM_INFO{.ulMinKeySize = 0, .ulMaxKeySize = 0, .flags = CKF_DIGEST};
    std::optional<CK_MECHANISM_INFO> info;
    for (const Object& object : objects) {
        const CK_FLAGS uses = object.key ? uses_of(*object.key, type) : 0;
        if (uses == 0)
            continue;
        const auto bits = static_cast<CK_ULONG>(object.key->bits);
        if (!info)
            info = CK_MECHANISM_INFO{.ulMinKeySize = bits, .ulMaxKeySize = bits, .flags = 0};
        info->flags |= uses;
        if (object.key->type == KeyType::ec)
            info->flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
        info->ulMinKeySize = std::min(info->ulMinKeySize, bits);
        info->ulMaxKeySize = std::max(info->ulMaxKeySize, bits);
    }
    return info;
}

} // namespace sceau::pkcs11_module
