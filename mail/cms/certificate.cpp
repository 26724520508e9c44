#include "mail/cms/certificate.h"

#include "base/ascii.h"
#include "mail/cms/holder.h"
#include "mail/cms/openssl.h"

#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;
using base::Padding;
using base::Scheme;
using base::SchemeTraits;

namespace {

std::string algorithm_of(const EVP_PKEY* key)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return "rsa";
    case EVP_PKEY_EC:
        return "ec";
    case EVP_PKEY_ED25519:
        return "ed25519";
    default:
        const char* name = EVP_PKEY_get0_type_name(key);
        return name != nullptr ? base::ascii_lower(name) : "unknown";
    }
}

/// Returns the size in bits of a curve that has schemes, and 0 for other curves and for curves given as parameters.
int curve_bits(const EVP_PKEY* key)
{
    std::array<char, 32> name{};
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1)
        return 0;
    const std::string_view curve = name.data();
    return curve == SN_X9_62_prime256v1 ? 256 : curve == SN_secp384r1 ? 384 : curve == SN_secp521r1 ? 521 : 0;
}

bool fits(const EVP_PKEY* key, const SchemeTraits& scheme)
{
    constexpr int kSmallestRsa = 1024; // S/MIME's lower limit since version 3.1 (RFC 8551 appendix B)
    constexpr int kLargestRsa = 16384; // OPENSSL_RSA_MAX_MODULUS_BITS
    const int id = EVP_PKEY_get_base_id(key);
    if (scheme.key_type == base::KeyType::ec)
        return id == EVP_PKEY_EC && curve_bits(key) == scheme.curve_bits;
    const int bits = EVP_PKEY_get_bits(key);
    if (id != EVP_PKEY_RSA || bits < kSmallestRsa || bits > kLargestRsa)
        return false;
    // EMSA-PSS (RFC 8017 §9.1.1) needs the hash, the salt and two more bytes.
    const auto room = static_cast<std::size_t>(bits - 1 + 7) / 8;
    return scheme.padding != Padding::pss || room >= 2 * base::digest_size(scheme.hash) + 2;
}

/// PKCS #1 v1.5 comes before PSS, which not every mail program verifies. SHA-512 comes first for keys over 3072 bits,
/// because SHA-256 is weaker than they are.
std::vector<Scheme> schemes_of(const EVP_PKEY* key)
{
    std::vector<Scheme> schemes;
    for (const SchemeTraits& scheme : base::all_schemes()) {
        if (fits(key, scheme))
            schemes.push_back(scheme.scheme);
    }
    constexpr int kReachOfSha256 = 3072;
    if (EVP_PKEY_get_bits(key) > kReachOfSha256) {
        std::ranges::sort(schemes, [](Scheme one, Scheme other) {
            const SchemeTraits& a = base::traits(one);
            const SchemeTraits& b = base::traits(other);
            return a.padding != b.padding ? a.padding < b.padding : a.hash > b.hash;
        });
    }
    return schemes;
}

Bytes public_key_of(const X509* certificate)
{
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    const std::unique_ptr<unsigned char, base::OpensslFree> owner(der);
    return {der, der + std::max(size, 0)};
}

void read_usage(X509* certificate, CertificateFacts& facts)
{
    // All bits are set if the extension is absent, and none if it cannot be read.
    const std::uint32_t usage = X509_get_key_usage(certificate);
    const std::uint32_t extended = X509_get_extended_key_usage(certificate);
    facts.may_sign = (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
    facts.may_decrypt = (usage & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) != 0;
    facts.for_mail = (extended & (XKU_SMIME | XKU_ANYEKU)) != 0;
    facts.for_login = (extended & (XKU_SSL_CLIENT | XKU_ANYEKU)) != 0;
    facts.is_authority = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
}

} // namespace

base::Result<CertificateFacts> read_certificate(BytesView der)
{
    const QuietErrors quiet;
    const X509Ptr certificate = parse_certificate(der);
    if (!certificate)
        return std::unexpected(base::bad_message("this is not an X.509 certificate"));
    const auto not_before = time_of(X509_get0_notBefore(certificate.get()));
    const auto not_after = time_of(X509_get0_notAfter(certificate.get()));
    if (!not_before || !not_after)
        return std::unexpected(base::bad_message("the certificate has no readable validity"));
    const X509_NAME* subject = X509_get_subject_name(certificate.get());
    const X509_NAME* issuer = X509_get_issuer_name(certificate.get());
    CertificateFacts facts;
    facts.public_key = public_key_of(certificate.get());
    facts.key = base::KeyId::of_public_key(facts.public_key);
    facts.subject = one_line(subject);
    facts.subject_name = common_name(subject);
    facts.issuer = one_line(issuer);
    facts.issuer_name = common_name(issuer);
    const GeneralNamesPtr names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    facts.addresses = addresses_of(subject, names.get());
    facts.not_before = *not_before;
    facts.not_after = *not_after;
    if (const EVP_PKEY* key = X509_get0_pubkey(certificate.get())) {
        facts.algorithm = algorithm_of(key);
        facts.bits = EVP_PKEY_get_bits(key);
        facts.schemes = schemes_of(key);
    }
    read_usage(certificate.get(), facts);
    return facts;
}

base::Result<CertificateFacts> read_public_key(BytesView info)
{
    const QuietErrors quiet;
    const EvpPkeyPtr key = parse_public_key(info);
    if (!key)
        return std::unexpected(base::bad_message("this is not a public key"));
    CertificateFacts facts;
    facts.public_key.assign(info.begin(), info.end());
    facts.key = base::KeyId::of_public_key(info);
    facts.algorithm = algorithm_of(key.get());
    facts.bits = EVP_PKEY_get_bits(key.get());
    facts.schemes = schemes_of(key.get());
    facts.may_sign = true;
    facts.may_decrypt = true;
    return facts;
}

namespace {

bool verifies_with(EVP_PKEY* key, Scheme scheme, BytesView digest, BytesView signature)
{
    const SchemeTraits& traits = base::traits(scheme);
    if (key == nullptr || !fits(key, traits) || digest.size() != base::digest_size(traits.hash))
        return false;
    const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    const EVP_MD* hash = evp_md(traits.hash);
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 || EVP_PKEY_CTX_set_signature_md(context.get(), hash) != 1)
        return false;
    if (traits.padding == Padding::pss &&
        (EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), hash) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    if (traits.padding == Padding::pkcs1 && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1)
        return false;
    return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
}

} // namespace

bool verifies(BytesView certificate, Scheme scheme, BytesView digest, BytesView signature)
{
    const QuietErrors quiet;
    const X509Ptr parsed = parse_certificate(certificate);
    return verifies_with(parsed ? X509_get0_pubkey(parsed.get()) : nullptr, scheme, digest, signature);
}

bool verifies_with_key(BytesView public_key, Scheme scheme, BytesView digest, BytesView signature)
{
    const QuietErrors quiet;
    return verifies_with(parse_public_key(public_key).get(), scheme, digest, signature);
}

} // namespace sceau::mail::cms
