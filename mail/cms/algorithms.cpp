#include "mail/cms/algorithms.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

namespace sceau::mail::cms {

namespace {

using BignumPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

struct Algorithms {
    const X509_ALGOR* digest = nullptr;
    const X509_ALGOR* signature = nullptr;
};

Algorithms algorithms_of(CMS_SignerInfo* signer)
{
    X509_ALGOR* digest = nullptr;
    X509_ALGOR* signature = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
    return {digest, signature};
}

const ASN1_OBJECT* object_of(const X509_ALGOR* algorithm)
{
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    return object;
}

int nid_of(const X509_ALGOR* algorithm)
{
    return OBJ_obj2nid(object_of(algorithm));
}

/// Returns the name in the form of Finding::algorithm ("SHA1" or "1.2.3"), which contains nothing that controls a
/// terminal.
std::string name_of(const X509_ALGOR* algorithm)
{
    if (const int nid = nid_of(algorithm); nid != NID_undef)
        return OBJ_nid2sn(nid);
    std::array<char, 80> digits{};
    const int size = OBJ_obj2txt(digits.data(), static_cast<int>(digits.size()), object_of(algorithm), 1);
    return size > 0 ? std::string(digits.data()) : std::string();
}

bool is_known(int signature)
{
    constexpr std::array kKnown = {NID_rsaEncryption,
                                   NID_rsassaPss,
                                   NID_md5WithRSA,
                                   NID_md5WithRSAEncryption,
                                   NID_sha1WithRSA,
                                   NID_sha1WithRSAEncryption,
                                   NID_sha224WithRSAEncryption,
                                   NID_sha256WithRSAEncryption,
                                   NID_sha384WithRSAEncryption,
                                   NID_sha512WithRSAEncryption,
                                   NID_X9_62_id_ecPublicKey,
                                   NID_ecdsa_with_SHA1,
                                   NID_ecdsa_with_SHA224,
                                   NID_ecdsa_with_SHA256,
                                   NID_ecdsa_with_SHA384,
                                   NID_ecdsa_with_SHA512};
    return std::ranges::find(kKnown, signature) != kKnown.end();
}

/// RSASSA-PSS-params (RFC 4055 §3.1), with the defaults filled in.
struct Pss {
    int hash = NID_sha1;
    const EVP_MD* mask_hash = EVP_sha1();
    long salt = 20;
};

/// Returns an algorithm's parameters if they are a SEQUENCE, otherwise null.
const ASN1_STRING* sequence_in(const X509_ALGOR* algorithm)
{
    int type = V_ASN1_UNDEF;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, algorithm);
    return type == V_ASN1_SEQUENCE ? static_cast<const ASN1_STRING*>(value) : nullptr;
}

/// Returns nothing if the parameters are missing or name anything unknown.
std::optional<Pss> read_pss(const X509_ALGOR* algorithm)
{
    const ASN1_STRING* sequence = sequence_in(algorithm);
    if (sequence == nullptr)
        return std::nullopt;
    const PssParametersPtr parameters(
        static_cast<RSA_PSS_PARAMS*>(ASN1_item_unpack(sequence, ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
    if (!parameters)
        return std::nullopt;
    Pss pss;
    if (parameters->hashAlgorithm != nullptr)
        pss.hash = nid_of(parameters->hashAlgorithm);
    if (const X509_ALGOR* mask = parameters->maskGenAlgorithm) {
        const ASN1_STRING* packed = nid_of(mask) == NID_mgf1 ? sequence_in(mask) : nullptr;
        const X509AlgorPtr hash(packed != nullptr
                                    ? static_cast<X509_ALGOR*>(ASN1_item_unpack(packed, ASN1_ITEM_rptr(X509_ALGOR)))
                                    : nullptr);
        if (!hash)
            return std::nullopt;
        pss.mask_hash = EVP_get_digestbynid(nid_of(hash.get()));
    }
    if (parameters->saltLength != nullptr)
        pss.salt = ASN1_INTEGER_get(parameters->saltLength);
    const bool usual_trailer =
        parameters->trailerField == nullptr || ASN1_INTEGER_get(parameters->trailerField) == 1; // 0xbc
    constexpr long kLongestSalt = 1024; // bytes: no larger than the largest modulus
    if (pss.mask_hash == nullptr || pss.salt < 0 || pss.salt > kLongestSalt || !usual_trailer)
        return std::nullopt;
    return pss;
}

/// Returns the hash that the signature algorithm itself names, or NID_undef if it names none.
int hash_in(const X509_ALGOR* signature)
{
    int hash = NID_undef;
    return OBJ_find_sigid_algs(nid_of(signature), &hash, nullptr) == 1 ? hash : NID_undef;
}

bool has_small_exponent(const EVP_PKEY* key)
{
    BIGNUM* raw = nullptr;
    const bool known = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw) == 1;
    const BignumPtr exponent(raw);
    constexpr int kLongest = 64; // bits, as in OpenSSL for moduli over 3072 bits
    return known && BN_num_bits(exponent.get()) <= kLongest;
}

bool is_rsa(const EVP_PKEY* key)
{
    const int kind = EVP_PKEY_get_base_id(key);
    return kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS;
}

} // namespace

const EVP_MD* evp_md(ContentHash hash)
{
    switch (hash) {
    case ContentHash::md5:
        return EVP_md5();
    case ContentHash::sha1:
        return EVP_sha1();
    case ContentHash::sha256:
        return EVP_sha256();
    case ContentHash::sha384:
        return EVP_sha384();
    case ContentHash::sha512:
        return EVP_sha512();
    }
    return nullptr;
}

std::optional<ContentHash> digest_hash(CMS_SignerInfo* signer)
{
    switch (nid_of(algorithms_of(signer).digest)) {
    case NID_md5:
        return ContentHash::md5;
    case NID_sha1:
        return ContentHash::sha1;
    case NID_sha256:
        return ContentHash::sha256;
    case NID_sha384:
        return ContentHash::sha384;
    case NID_sha512:
        return ContentHash::sha512;
    default:
        return std::nullopt;
    }
}

bool names_two_hashes(CMS_SignerInfo* signer)
{
    const Algorithms algorithms = algorithms_of(signer);
    const int digest = nid_of(algorithms.digest);
    if (nid_of(algorithms.signature) == NID_rsassaPss) {
        const auto pss = read_pss(algorithms.signature);
        return pss && pss->hash != digest; // RFC 4056 §3
    }
    const int hash = hash_in(algorithms.signature);
    return hash != NID_undef && hash != digest && is_known(nid_of(algorithms.signature));
}

std::optional<Flaw> flaw_of_algorithms(CMS_SignerInfo* signer)
{
    const Algorithms algorithms = algorithms_of(signer);
    const auto hash = digest_hash(signer);
    if (!hash)
        return Flaw{Fault::uncheckable,
                    {.what = Found::digest_algorithm_unknown, .algorithm = name_of(algorithms.digest)}};
    if (names_two_hashes(signer) && is_broken(*hash))
        return Flaw{Fault::uncheckable,
                    {.what = Found::digest_broken_and_another, .algorithm = name_of(algorithms.digest)}};
    if (names_two_hashes(signer))
        return Flaw{Fault::unreadable, {.what = Found::two_hashes}};
    if (!is_known(nid_of(algorithms.signature)))
        return Flaw{Fault::uncheckable,
                    {.what = Found::signature_algorithm_unknown, .algorithm = name_of(algorithms.signature)}};
    if (nid_of(algorithms.signature) == NID_rsassaPss && !read_pss(algorithms.signature))
        return Flaw{Fault::uncheckable, {.what = Found::pss_parameters_unusual}};
    return std::nullopt;
}

bool is_checkable(const EVP_PKEY* key)
{
    return key != nullptr && (is_rsa(key) || EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) && is_bounded(key);
}

bool is_bounded(const EVP_PKEY* key)
{
    constexpr int kLargestRsa = 8192; // bits; RFC 8550 §4.3 requires 4096
    constexpr int kLargestDsa = 3072;
    if (key == nullptr)
        return true;
    if (is_rsa(key))
        return EVP_PKEY_get_bits(key) <= kLargestRsa && has_small_exponent(key);
    return EVP_PKEY_get_base_id(key) != EVP_PKEY_DSA || EVP_PKEY_get_bits(key) <= kLargestDsa;
}

bool verifies_digest(CMS_SignerInfo* signer, EVP_PKEY* key, ContentHash hash, base::BytesView digest)
{
    const X509_ALGOR* algorithm = algorithms_of(signer).signature;
    const ASN1_OCTET_STRING* signature = CMS_SignerInfo_get0_signature(signer);
    const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context.get(), evp_md(hash)) != 1)
        return false;
    if (nid_of(algorithm) == NID_rsassaPss) {
        const auto pss = read_pss(algorithm);
        if (!pss || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) != 1 ||
            EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), pss->mask_hash) != 1 ||
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), static_cast<int>(pss->salt)) != 1)
            return false;
    }
    return EVP_PKEY_verify(context.get(), ASN1_STRING_get0_data(signature),
                           static_cast<std::size_t>(ASN1_STRING_length(signature)), digest.data(), digest.size()) == 1;
}

} // namespace sceau::mail::cms
