#include "mail/cms/encryption.h"

#include "mail/cms/openssl.h"

#include <openssl/core_names.h>

namespace sceau::mail::cms {

using base::BytesView;

namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

/// Returns null if the key is of another type.
EvpPkeyPtr key_of(BytesView public_key, const char* type)
{
    EvpPkeyPtr key = parse_public_key(public_key);
    return key && EVP_PKEY_is_a(key.get(), type) == 1 ? std::move(key) : nullptr;
}

} // namespace

bool is_rsa_ciphertext(BytesView public_key, BytesView ciphertext)
{
    const QuietErrors quiet;
    const EvpPkeyPtr key = key_of(public_key, "RSA");
    if (!key || ciphertext.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key.get())))
        return false;
    BIGNUM* modulus = nullptr;
    if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &modulus) != 1)
        return false;
    const BignumPtr owner(modulus);
    const BignumPtr number(BN_bin2bn(ciphertext.data(), static_cast<int>(ciphertext.size()), nullptr));
    return number && BN_cmp(number.get(), modulus) < 0;
}

bool is_point_on_curve(BytesView public_key, BytesView point)
{
    constexpr std::uint8_t kUncompressed = 4;
    const QuietErrors quiet;
    const EvpPkeyPtr key = key_of(public_key, "EC");
    if (!key || point.empty() || point.front() != kUncompressed)
        return false;
    const EvpPkeyPtr other(EVP_PKEY_new());
    return other && EVP_PKEY_copy_parameters(other.get(), key.get()) == 1 &&
           EVP_PKEY_set1_encoded_public_key(other.get(), point.data(), point.size()) == 1;
}

} // namespace sceau::mail::cms
