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

bool serves(const Object& object, const Mechanism& mechanism)
{
    return object.key && std::ranges::any_of(object.key->schemes,
                                             [&](base::Scheme scheme) { return mechanism.fits(base::traits(scheme)); });
}

} // namespace

bool Mechanism::fits(const base::SchemeTraits& scheme) const
{
    // Any digest fits a curve, see fitted_to_curve.
    const bool hash_fits = key_type == KeyType::ec || !hash || *hash == scheme.hash;
    return key_type == scheme.key_type && padding == scheme.padding && hash_fits;
}

const Mechanism* find_mechanism(CK_MECHANISM_TYPE type)
{
    const auto* found = std::ranges::find(kMechanisms, type, &Mechanism::type);
    return found == kMechanisms.end() ? nullptr : found;
}

std::vector<CK_MECHANISM_TYPE> mechanisms_of(const std::vector<Object>& objects)
{
    std::vector<CK_MECHANISM_TYPE> types;
    for (const Mechanism& mechanism : kMechanisms)
        if (std::ranges::any_of(objects, [&](const Object& object) { return serves(object, mechanism); }))
            types.push_back(mechanism.type);
    return types;
}

std::optional<CK_MECHANISM_INFO> mechanism_info(CK_MECHANISM_TYPE type, const std::vector<Object>& objects)
{
    const Mechanism* mechanism = find_mechanism(type);
    std::optional<CK_MECHANISM_INFO> info;
    for (const Object& object : objects) {
        if (mechanism == nullptr || !serves(object, *mechanism))
            continue;
        const auto bits = static_cast<CK_ULONG>(object.key->bits);
        if (!info)
            info = CK_MECHANISM_INFO{.ulMinKeySize = bits, .ulMaxKeySize = bits, .flags = CKF_SIGN};
        info->ulMinKeySize = std::min(info->ulMinKeySize, bits);
        info->ulMaxKeySize = std::max(info->ulMaxKeySize, bits);
    }
    if (info && mechanism->key_type == KeyType::ec)
        info->flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
    return info;
}

} // namespace sceau::pkcs11_module
