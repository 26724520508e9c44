#include "mail/cms/signed_data.h"

#include "mail/cms/certificate.h"
#include "mail/cms/issuers.h"
#include "mail/cms/openssl.h"

#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::SchemeTraits;

namespace {

std::unexpected<base::Error> failed(const char* what)
{
    return std::unexpected(base::internal(std::string("OpenSSL cannot ") + what));
}

/// Builds RSASSA-PSS-params (RFC 4055 §3.1) with one hash for both uses and a salt of the same length; the hashes have
/// NULL parameters (§2.1).
X509AlgorPtr pss_algorithm(base::Hash hash)
{
    const auto hash_algorithm = [&] {
        X509AlgorPtr algorithm(X509_ALGOR_new());
        if (algorithm)
            X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(EVP_MD_get_type(evp_md(hash))), V_ASN1_NULL, nullptr);
        return algorithm;
    };
    const PssParametersPtr parameters(RSA_PSS_PARAMS_new());
    const X509AlgorPtr mask_hash = hash_algorithm();
    X509AlgorPtr algorithm(X509_ALGOR_new());
    if (!parameters || !mask_hash || !algorithm)
        return nullptr;
    parameters->hashAlgorithm = hash_algorithm().release();
    parameters->maskGenAlgorithm = X509_ALGOR_new();
    parameters->saltLength = ASN1_INTEGER_new();
    ASN1_STRING* mask = ASN1_item_pack(mask_hash.get(), ASN1_ITEM_rptr(X509_ALGOR), nullptr);
    if (parameters->hashAlgorithm == nullptr || parameters->maskGenAlgorithm == nullptr || mask == nullptr ||
        ASN1_INTEGER_set(parameters->saltLength, static_cast<long>(base::digest_size(hash))) != 1)
        return nullptr;
    X509_ALGOR_set0(parameters->maskGenAlgorithm, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE, mask);
    ASN1_STRING* packed = ASN1_item_pack(parameters.get(), ASN1_ITEM_rptr(RSA_PSS_PARAMS), nullptr);
    if (packed == nullptr)
        return nullptr;
    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, packed);
    return algorithm;
}

/// Returns rsaEncryption with NULL parameters for PKCS #1 v1.5, which every receiver must accept (RFC 3370 §3.2), and
/// ecdsa-with-SHA* without parameters (RFC 5754 §3.3).
X509AlgorPtr signature_algorithm(const SchemeTraits& scheme)
{
    if (scheme.padding == base::Padding::pss)
        return pss_algorithm(scheme.hash);
    X509AlgorPtr algorithm(X509_ALGOR_new());
    if (!algorithm)
        return nullptr;
    if (scheme.padding == base::Padding::pkcs1) {
        X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, nullptr);
        return algorithm;
    }
    int nid = NID_undef;
    if (OBJ_find_sigid_by_algs(&nid, EVP_MD_get_type(evp_md(scheme.hash)), NID_X9_62_id_ecPublicKey) != 1)
        return nullptr;
    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(nid), V_ASN1_UNDEF, nullptr);
    return algorithm;
}

Result<> set_signature_algorithm(CMS_SignerInfo* signer, const SchemeTraits& scheme)
{
    const X509AlgorPtr wanted = signature_algorithm(scheme);
    X509_ALGOR* given = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, nullptr, &given);
    if (!wanted || given == nullptr || X509_ALGOR_copy(given, wanted.get()) != 1)
        return failed("name the signature algorithm");
    return {};
}

/// Lists what every program that may read an answer can decrypt. The list speaks for the person's mail program, which
/// is unknown here: promising AES-GCM for a program that lacks it would make answers unreadable (RFC 8551 §2.7.1.1).
Result<> add_capabilities(CMS_SignerInfo* signer)
{
    STACK_OF(X509_ALGOR)* raw = nullptr;
    const bool made = CMS_add_simple_smimecap(&raw, NID_aes_256_cbc, -1) == 1 &&
                      CMS_add_simple_smimecap(&raw, NID_aes_128_cbc, -1) == 1;
    const X509AlgorStackPtr capabilities(raw);
    if (!made || CMS_add_smimecap(signer, capabilities.get()) != 1)
        return failed("list the capabilities");
    return {};
}

Result<> add_attributes(CMS_SignerInfo* signer, BytesView content_digest, std::chrono::system_clock::time_point time)
{
    // ASN1_TIME_set writes UTCTime through 2049 and GeneralizedTime from 2050 on, as RFC 8551 §2.5.1 requires.
    const AsnTimePtr signing_time(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(time)));
    if (!signing_time ||
        CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(NID_pkcs7_data), -1) !=
            1 ||
        CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, content_digest.data(),
                                    static_cast<int>(content_digest.size())) != 1 ||
        CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, ASN1_STRING_type(signing_time.get()),
                                    signing_time.get(), -1) != 1)
        return failed("add the signed attributes");
    return add_capabilities(signer);
}

using AddedAttributePtr = std::unique_ptr<X509_ATTRIBUTE, Deleter<X509_ATTRIBUTE_free>>;

Result<> add_others(CMS_SignerInfo* signer, const std::vector<Bytes>& others)
{
    for (const Bytes& der : others) {
        const unsigned char* position = der.data();
        const AddedAttributePtr attribute(d2i_X509_ATTRIBUTE(nullptr, &position, static_cast<long>(der.size())));
        if (!attribute || position != der.data() + der.size() ||
            CMS_signed_get_attr_by_OBJ(signer, X509_ATTRIBUTE_get0_object(attribute.get()), -1) >= 0)
            return failed("take in a further attribute: it is none, or there is one of its type already");
        if (CMS_signed_add1_attr(signer, attribute.get()) != 1)
            return failed("add the signed attributes");
    }
    return {};
}

/// Returns the DER SET OF, whose members are in the order of their encodings (X.690 §11.6). OpenSSL has no public
/// function for this.
Result<Bytes> encode_attributes(const CMS_SignerInfo* signer)
{
    std::vector<Bytes> members;
    std::size_t size = 0;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
        unsigned char* der = nullptr;
        const int length = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(signer, i), &der);
        if (length < 0)
            return failed("encode the signed attributes");
        members.emplace_back(der, der + length);
        OPENSSL_free(der);
        size += members.back().size();
    }
    std::ranges::sort(members);
    const int whole = ASN1_object_size(1, static_cast<int>(size), V_ASN1_SET);
    Bytes set(static_cast<std::size_t>(whole));
    unsigned char* position = set.data();
    ASN1_put_object(&position, 1, static_cast<int>(size), V_ASN1_SET, V_ASN1_UNIVERSAL);
    for (const Bytes& member : members)
        position = std::ranges::copy(member, position).out;
    return set;
}

} // namespace

struct Draft::Parts {
    CmsPtr cms;
    CMS_SignerInfo* signer = nullptr; // owned by cms
    Bytes certificate;
    base::Scheme scheme{};
    Bytes signed_attributes;
    base::Digest digest;
};

Draft::Draft(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Draft::Draft(Draft&&) noexcept = default;
Draft& Draft::operator=(Draft&&) noexcept = default;
Draft::~Draft() = default;

Result<Draft> Draft::create(const Signer& signer, BytesView content_digest,
                            std::chrono::system_clock::time_point signing_time, const std::vector<Bytes>& others)
{
    const QuietErrors quiet;
    const SchemeTraits& scheme = base::traits(signer.scheme);
    TRY_ASSIGN(const CertificateFacts facts, read_certificate(signer.certificate));
    if (std::ranges::find(facts.schemes, signer.scheme) == facts.schemes.end())
        return std::unexpected(base::unsupported("the certificate's key cannot sign by " + std::string(scheme.name)));
    TRY(base::Digest::for_scheme(signer.scheme, content_digest));

    // The public key takes the place of the private one, which under CMS_PARTIAL OpenSSL only compares with the
    // certificate's. Never call CMS_final here: it would sign.
    constexpr unsigned kFlags = CMS_PARTIAL | CMS_BINARY;
    const X509Ptr certificate = parse_certificate(signer.certificate);
    CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, kFlags | CMS_DETACHED));
    if (!cms)
        return failed("start a SignedData");
    CMS_SignerInfo* info = CMS_add1_signer(cms.get(), certificate.get(), X509_get0_pubkey(certificate.get()),
                                           evp_md(scheme.hash), kFlags | CMS_CADES | CMS_NOSMIMECAP);
    if (info == nullptr)
        return failed("add the signer");
    TRY(set_signature_algorithm(info, scheme));
    const Chain chain =
        Issuers().chain_of(signer.certificate, signer.chain, std::chrono::floor<std::chrono::seconds>(signing_time));
    for (const Bytes& issuer : chain.certificates) {
        if (CMS_add1_cert(cms.get(), parse_certificate(issuer).get()) != 1)
            return failed("add the issuers");
    }
    TRY(add_attributes(info, content_digest, signing_time));
    TRY(add_others(info, others));
    TRY_ASSIGN(Bytes attributes, encode_attributes(info));
    TRY_ASSIGN(base::Digest digest, base::Digest::for_scheme(signer.scheme, base::hash_of(scheme.hash, attributes)));
    return Draft(std::make_unique<Parts>(
        Parts{std::move(cms), info, signer.certificate, signer.scheme, std::move(attributes), std::move(digest)}));
}

BytesView Draft::signed_attributes() const
{
    return parts_->signed_attributes;
}

base::Digest Draft::digest() const
{
    return parts_->digest;
}

Result<Bytes> Draft::finish(BytesView signature) &&
{
    const QuietErrors quiet;
    if (!verifies(parts_->certificate, parts_->scheme, parts_->digest.bytes(), signature))
        return std::unexpected(base::internal("the signature is not one by the certificate's key over this mail"));
    if (ASN1_STRING_set(CMS_SignerInfo_get0_signature(parts_->signer), signature.data(),
                        static_cast<int>(signature.size())) != 1)
        return failed("take in the signature");
    unsigned char* der = nullptr;
    const int size = i2d_CMS_ContentInfo(parts_->cms.get(), &der);
    if (size < 0)
        return failed("encode the SignedData");
    Bytes encoded(der, der + size);
    OPENSSL_free(der);
    return encoded;
}

} // namespace sceau::mail::cms
