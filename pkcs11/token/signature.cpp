#include "pkcs11/token/signature.h"

#include "base/openssl.h"

#include <fmt/format.h>
#include <openssl/ecdsa.h>

#include <algorithm>
#include <array>
#include <memory>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::BytesView;
using base::Hash;
using base::KeyType;
using base::Padding;
using base::Result;
using base::Scheme;

namespace {

using EcdsaSignature = std::unique_ptr<ECDSA_SIG, base::Deleter<ECDSA_SIG_free>>;

CK_RSA_PKCS_PSS_PARAMS* pss_parameters(Hash hash)
{
    static std::array parameters = {CK_RSA_PKCS_PSS_PARAMS{CKM_SHA256, CKG_MGF1_SHA256, 32},
                                    CK_RSA_PKCS_PSS_PARAMS{CKM_SHA384, CKG_MGF1_SHA384, 48},
                                    CK_RSA_PKCS_PSS_PARAMS{CKM_SHA512, CKG_MGF1_SHA512, 64}};
    return &parameters[static_cast<std::size_t>(hash)];
}

/// RFC 8017 §9.2 note 1. The prefixes of the three hashes differ in their lengths and in the last arc of the OID.
Bytes digest_info(Hash hash, BytesView digest)
{
    const auto size = static_cast<std::uint8_t>(digest.size());
    const auto arc = static_cast<std::uint8_t>(static_cast<int>(hash) + 1); // 2.16.840.1.101.3.4.2.{1,2,3}
    const std::array<std::uint8_t, 19> head = {0x30, static_cast<std::uint8_t>(17 + size),
                                               0x30, 0x0d,
                                               0x06, 0x09,
                                               0x60, 0x86,
                                               0x48, 0x01,
                                               0x65, 0x03,
                                               0x04, 0x02,
                                               arc,  0x05,
                                               0x00, 0x04,
                                               size};
    Bytes der(head.size() + digest.size());
    std::ranges::copy(digest, std::ranges::copy(head, der.begin()).out);
    return der;
}

BIGNUM* integer(BytesView bytes)
{
    return BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
}

Result<Bytes> ecdsa_der(BytesView output, std::size_t order_size)
{
    if (output.size() != 2 * order_size)
        return std::unexpected(base::token_failed(
            fmt::format("C_Sign gave {} bytes where r and s take {}", output.size(), 2 * order_size)));
    const EcdsaSignature signature(ECDSA_SIG_new());
    ECDSA_SIG_set0(signature.get(), integer(output.first(order_size)), integer(output.last(order_size)));
    Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
    unsigned char* end = der.data();
    i2d_ECDSA_SIG(signature.get(), &end);
    return der;
}

} // namespace

CK_MECHANISM mechanism_of(Scheme scheme)
{
    switch (base::traits(scheme).padding) {
    case Padding::pkcs1:
        return {CKM_RSA_PKCS, nullptr, 0};
    case Padding::pss:
        return {CKM_RSA_PKCS_PSS, pss_parameters(base::traits(scheme).hash), sizeof(CK_RSA_PKCS_PSS_PARAMS)};
    case Padding::none:
        break;
    }
    return {CKM_ECDSA, nullptr, 0};
}

Bytes input_of(Scheme scheme, const base::Digest& digest)
{
    if (base::traits(scheme).padding == Padding::pkcs1)
        return digest_info(base::traits(scheme).hash, digest.bytes());
    return Bytes(digest.bytes().begin(), digest.bytes().end());
}

Result<Bytes> signature_of(Scheme scheme, BytesView output, std::size_t modulus_size)
{
    if (const auto bits = static_cast<std::size_t>(base::traits(scheme).curve_bits); bits != 0)
        return ecdsa_der(output, (bits + 7) / 8);
    if (modulus_size != 0 && output.size() != modulus_size)
        return std::unexpected(base::token_failed(
            fmt::format("C_Sign gave {} bytes where the modulus has {}", output.size(), modulus_size)));
    return Bytes(output.begin(), output.end());
}

} // namespace sceau::pkcs11::token
