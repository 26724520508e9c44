#include "mail/cms/encryption.h"

#include "mail/cms/openssl.h"

#include <openssl/core_names.h>

namespace sceau::mail::cms {

using base::BytesView;

namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

/// The certificate's; null where it has none of that kind.
EVP_PKEY* key_of(const X509Ptr& certificate, const char* type)
{
    EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
    return key != nullptr && EVP_PKEY_is_a(key, type) == 1 ? key : nullptr;
}

} // namespace

bool is_rsa_ciphertext(BytesView certificate, BytesView ciphertext)
{
    const QuietErrors quiet;
    const X509Ptr parsed = parse_certificate(certificate);
    const EVP_PKEY* key = key_of(parsed, "RSA");
    if (key == nullptr || ciphertext.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key)))
        return false;
    BIGNUM* modulus = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1)
        return false;
    const BignumPtr owner(modulus);
    const BignumPtr number(BN_bin2bn(ciphertext.data(), static_cast<int>(ciphertext.size()), nullptr));
    return number && BN_cmp(number.get(), modulus) < 0;
}

bool is_point_on_curve(BytesView certificate, BytesView point)
{
    constexpr std::uint8_t kUncompressed = 4;
    const QuietErrors quiet;
    const X509Ptr parsed = parse_certificate(certificate);
    const EVP_PKEY* key = key_of(parsed, "EC");
    if (key == nullptr || point.empty() || point.front() != kUncompressed)
        return false;
    const EvpPkeyPtr other(EVP_PKEY_new());
    return other && EVP_PKEY_copy_parameters(other.get(), key) == 1 &&
           EVP_PKEY_set1_encoded_public_key(other.get(), point.data(), point.size()) == 1;
}

} // namespace sceau::mail::cms
