#include "pkcs11/token/public_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::BytesView;
using base::Deleter;
using base::QuietErrors;
using base::Result;

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using GroupPtr = std::unique_ptr<EC_GROUP, Deleter<EC_GROUP_free>>;

NumberPtr number_of(BytesView big_endian)
{
    return NumberPtr(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
}

NumberPtr number_of(const EVP_PKEY* key, const char* name)
{
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    return NumberPtr(number);
}

/// CKA_EC_POINT is the DER of an OCTET STRING (PKCS#11 v2.40 mechanisms §2.3.3); some modules give only its content.
Bytes point_of(const Bytes& attribute)
{
    const unsigned char* end = attribute.data();
    const OctetsPtr octets(d2i_ASN1_OCTET_STRING(nullptr, &end, static_cast<long>(attribute.size())));
    if (!octets || end != attribute.data() + attribute.size())
        return attribute;
    const unsigned char* data = ASN1_STRING_get0_data(octets.get());
    return {data, data + ASN1_STRING_length(octets.get())};
}

/// Returns a key that has only the curve, no point.
KeyPtr curve_of(const Bytes& params)
{
    const unsigned char* end = params.data();
    return KeyPtr(d2i_KeyParams(EVP_PKEY_EC, nullptr, &end, static_cast<long>(params.size())));
}

KeyPtr key_on_curve(KeyPtr curve, const Bytes& point)
{
    if (!curve || EVP_PKEY_set1_encoded_public_key(curve.get(), point.data(), point.size()) != 1)
        return {};
    return curve;
}

KeyPtr rsa_key(const Bytes& modulus, const Bytes& exponent)
{
    const NumberPtr n = number_of(modulus);
    const NumberPtr e = number_of(exponent);
    const BuilderPtr builder(OSSL_PARAM_BLD_new());
    if (modulus.empty() || exponent.empty() || !builder ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return {};
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
    const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (context && EVP_PKEY_fromdata_init(context.get()) == 1)
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
    return KeyPtr(key);
}

KeyPtr key_of(const Objects& objects, CK_OBJECT_HANDLE key)
{
    const auto type = objects.number(key, CKA_KEY_TYPE);
    if (type == CKK_RSA)
        return rsa_key(objects.attribute(key, CKA_MODULUS), objects.attribute(key, CKA_PUBLIC_EXPONENT));
    if (type == CKK_EC)
        return key_on_curve(curve_of(objects.attribute(key, CKA_EC_PARAMS)),
                            point_of(objects.attribute(key, CKA_EC_POINT)));
    return {};
}

Bytes info_of(const EVP_PKEY* key)
{
    const int size = key == nullptr ? 0 : i2d_PUBKEY(key, nullptr);
    if (size <= 0)
        return {};
    Bytes info(static_cast<std::size_t>(size));
    unsigned char* end = info.data();
    i2d_PUBKEY(key, &end);
    return info;
}

} // namespace

Result<PublicKey> PublicKey::parse(BytesView info)
{
    const QuietErrors quiet;
    const unsigned char* end = info.data();
    Key key(d2i_PUBKEY(nullptr, &end, static_cast<long>(info.size())));
    if (!key || (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC))
        return std::unexpected(base::unsupported("the key is neither RSA nor on an elliptic curve"));
    return PublicKey(std::move(key));
}

CK_KEY_TYPE PublicKey::type() const
{
    return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA ? CKK_RSA : CKK_EC;
}

Match PublicKey::match_key(const Objects& objects, CK_OBJECT_HANDLE key) const
{
    const auto their_type = objects.number(key, CKA_KEY_TYPE);
    if (their_type && *their_type != type())
        return Match::no;
    if (type() == CKK_EC)
        return match_point(objects, key);
    const Bytes modulus = objects.attribute(key, CKA_MODULUS);
    if (modulus.empty())
        return Match::unknown;
    const NumberPtr ours = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N);
    return BN_cmp(ours.get(), number_of(modulus).get()) == 0 ? Match::yes : Match::no;
}

Match PublicKey::match_point(const Objects& objects, CK_OBJECT_HANDLE key) const
{
    const QuietErrors quiet;
    KeyPtr curve = curve_of(objects.attribute(key, CKA_EC_PARAMS));
    if (curve && EVP_PKEY_parameters_eq(key_.get(), curve.get()) != 1)
        return Match::no;
    const KeyPtr theirs = key_on_curve(std::move(curve), point_of(objects.attribute(key, CKA_EC_POINT)));
    if (!theirs)
        return Match::unknown;
    return EVP_PKEY_eq(key_.get(), theirs.get()) == 1 ? Match::yes : Match::no;
}

bool PublicKey::verifies(BytesView digest, BytesView signature) const
{
    const QuietErrors quiet;
    const ContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
}

Bytes PublicKey::x() const
{
    const NumberPtr number = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    if (!number)
        return {};
    Bytes bytes((static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get())) + 7) / 8);
    return BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(bytes.size())) < 0 ? Bytes{} : bytes;
}

Bytes PublicKey::generator() const
{
    std::array<char, 64> name{};
    if (EVP_PKEY_get_group_name(key_.get(), name.data(), name.size(), nullptr) != 1)
        return {};
    const GroupPtr group(EC_GROUP_new_by_curve_name(OBJ_txt2nid(name.data())));
    if (!group)
        return {};
    const EC_POINT* point = EC_GROUP_get0_generator(group.get());
    Bytes bytes(EC_POINT_point2oct(group.get(), point, POINT_CONVERSION_UNCOMPRESSED, nullptr, 0, nullptr));
    EC_POINT_point2oct(group.get(), point, POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(), nullptr);
    return bytes;
}

Bytes public_key_info_in(const Objects& objects, CK_OBJECT_HANDLE certificate)
{
    const QuietErrors quiet;
    const Bytes der = objects.attribute(certificate, CKA_VALUE);
    const unsigned char* end = der.data();
    const CertificatePtr parsed(d2i_X509(nullptr, &end, static_cast<long>(der.size())));
    return info_of(parsed ? X509_get0_pubkey(parsed.get()) : nullptr);
}

Bytes public_key_info(const Objects& objects, CK_OBJECT_HANDLE key)
{
    const QuietErrors quiet;
    return info_of(key_of(objects, key).get());
}

} // namespace sceau::pkcs11::token
