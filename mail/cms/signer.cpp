#include "mail/cms/signer.h"

#include "mail/cms/text.h"

#include <openssl/ess.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <set>

namespace sceau::mail::cms {

namespace {

using EssPtr = std::unique_ptr<ESS_SIGNING_CERT, Deleter<ESS_SIGNING_CERT_free>>;
using EssV2Ptr = std::unique_ptr<ESS_SIGNING_CERT_V2, Deleter<ESS_SIGNING_CERT_V2_free>>;

struct Algorithms {
    int digest = NID_undef;
    int signature = NID_undef;
};

Algorithms algorithms_of(CMS_SignerInfo* signer)
{
    X509_ALGOR* digest = nullptr;
    X509_ALGOR* signature = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
    const ASN1_OBJECT* digest_id = nullptr;
    const ASN1_OBJECT* signature_id = nullptr;
    X509_ALGOR_get0(&digest_id, nullptr, nullptr, digest);
    X509_ALGOR_get0(&signature_id, nullptr, nullptr, signature);
    return {OBJ_obj2nid(digest_id), OBJ_obj2nid(signature_id)};
}

/// "SHA1", "ED25519"; of OpenSSL's own table, so that nothing of the sender's is shown.
std::string name_of(int nid)
{
    const char* name = nid == NID_undef ? nullptr : OBJ_nid2sn(nid);
    return name != nullptr ? name : "an unknown algorithm";
}

/// One signer on the way through the checks.
class SignerCheck {
  public:
    SignerCheck(CMS_SignerInfo* signer, STACK_OF(X509) * certificates, const ContentDigests& digests,
                const Trust& trust)
        : signer_(signer), certificates_(certificates), digests_(digests), trust_(trust)
    {
    }

    SignerReport run() &&
    {
        const bool provable = algorithms_prove() && find_certificate() && key_proves();
        read_claimed_time();
        if (provable) {
            if (CMS_signed_get_attr_count(signer_) < 0) {
                signature_over_content();
            } else if (attributes_are_in_order()) {
                content_type();
                message_digest();
                signature_over_attributes();
                signing_certificate();
            }
        }
        if (certificate_ != nullptr)
            path();
        return std::move(report_);
    }

  private:
    bool find(Fault fault, std::string reason)
    {
        report_.findings.push_back({fault, std::move(reason)});
        return false;
    }

    bool algorithms_prove()
    {
        const Algorithms algorithms = algorithms_of(signer_);
        if (algorithms.signature == NID_ED25519 || algorithms.signature == NID_ED448)
            return find(Fault::unprovable,
                        "The signature is one by " + name_of(algorithms.signature) + ", which cannot be checked here.");
        hash_ = digest_hash(signer_);
        if (!hash_)
            return find(Fault::unprovable,
                        "The signature rests on " + name_of(algorithms.digest) + ", which proves nothing any more.");
        int hash_of_signature = NID_undef;
        if (OBJ_find_sigid_algs(algorithms.signature, &hash_of_signature, nullptr) == 1 &&
            hash_of_signature != NID_undef && hash_of_signature != algorithms.digest)
            return find(Fault::unreadable, "The signature names two different hashes.");
        return true;
    }

    /// The first of those that the signer names by which the signature verifies, else the first: anyone can put
    /// another certificate of the same name beside it.
    bool find_certificate()
    {
        for (int i = 0; i < sk_X509_num(certificates_); ++i) {
            X509* candidate = sk_X509_value(certificates_, i);
            if (CMS_SignerInfo_cert_cmp(signer_, candidate) != 0 || X509_get0_pubkey(candidate) == nullptr)
                continue;
            CMS_SignerInfo_set1_signer_cert(signer_, candidate);
            const bool right = CMS_signed_get_attr_count(signer_) >= 0 && CMS_SignerInfo_verify(signer_) == 1;
            if (certificate_ == nullptr || right)
                certificate_ = candidate;
            if (right)
                break;
        }
        if (certificate_ == nullptr)
            return find(Fault::unprovable, "The signer's certificate is not in the mail.");
        CMS_SignerInfo_set1_signer_cert(signer_, certificate_);
        if (auto facts = read_certificate(to_der(certificate_)))
            report_.certificate = *std::move(facts);
        else
            return find(Fault::unprovable, "The signer's certificate cannot be read.");
        return true;
    }

    bool key_proves()
    {
        const EVP_PKEY* key = X509_get0_pubkey(certificate_);
        report_.algorithm = report_.certificate->algorithm + " " + std::to_string(report_.certificate->bits) + ", " +
                            base::to_string(*hash_);
        const int kind = EVP_PKEY_get_base_id(key);
        if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_RSA_PSS && kind != EVP_PKEY_EC)
            return find(Fault::unprovable, "The signer's key is of a kind that cannot be checked here.");
        // RFC 8550 §4.3 and RFC 8551 §4.3: 1024 and 2048 bits of RSA.
        constexpr int kBroken = 80;
        constexpr int kWeak = 112;
        const int strength = EVP_PKEY_get_security_bits(key);
        if (strength < kBroken)
            return find(Fault::unprovable, "The signer's key is so small that anyone may have signed.");
        if (strength < kWeak)
            report_.warnings.push_back("The signer's key is weaker than RSA with 2048 bits.");
        return true;
    }

    void read_claimed_time()
    {
        const int at = CMS_signed_get_attr_by_NID(signer_, NID_pkcs9_signingTime, -1);
        X509_ATTRIBUTE* attribute = at >= 0 ? CMS_signed_get_attr(signer_, at) : nullptr;
        const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
        if (value == nullptr || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
            return;
        report_.claimed_time = time_of(value->value.asn1_string);
    }

    /// Each kind once with one value (RFC 5652 §11, RFC 8551 §2.5): two programs might look at different ones.
    bool attributes_are_in_order()
    {
        std::set<std::string> seen;
        const int count = CMS_signed_get_attr_count(signer_);
        for (int i = 0; i < count; ++i) {
            X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer_, i);
            const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(attribute);
            const std::string id(reinterpret_cast<const char*>(OBJ_get0_data(type)), OBJ_length(type));
            if (!seen.insert(id).second || X509_ATTRIBUTE_count(attribute) != 1)
                return find(Fault::unreadable, "A signed attribute is there more than once, or without a value.");
        }
        return count > 0 || find(Fault::unreadable, "The set of signed attributes is empty.");
    }

    void content_type()
    {
        const auto* type = static_cast<const ASN1_OBJECT*>(
            CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT));
        if (type == nullptr || OBJ_obj2nid(type) != NID_pkcs7_data)
            find(Fault::unreadable, "What was signed is not said to be a mail's content.");
    }

    void message_digest()
    {
        const auto* stated = static_cast<const ASN1_OCTET_STRING*>(
            CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
        if (stated == nullptr)
            find(Fault::unreadable, "The signature does not name a digest of the content.");
        else if (const auto digest = digests_.find(*hash_);
                 digest == digests_.end() ||
                 !std::ranges::equal(digest->second,
                                     base::BytesView(ASN1_STRING_get0_data(stated),
                                                     static_cast<std::size_t>(ASN1_STRING_length(stated)))))
            find(Fault::wrong, "The content is not what was signed.");
    }

    void signature_over_attributes()
    {
        if (CMS_SignerInfo_verify(signer_) != 1)
            wrong_signature();
    }

    /// Without signed attributes the signature is one over the content itself (RFC 5652 §5.4).
    void signature_over_content()
    {
        const auto digest = digests_.find(*hash_);
        const ASN1_OCTET_STRING* signature = CMS_SignerInfo_get0_signature(signer_);
        const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, X509_get0_pubkey(certificate_), nullptr));
        if (digest == digests_.end() || !context || EVP_PKEY_verify_init(context.get()) != 1 ||
            EVP_PKEY_CTX_set_signature_md(context.get(), evp_md(*hash_)) != 1)
            return wrong_signature();
        if (algorithms_of(signer_).signature == NID_rsassaPss &&
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) != 1)
            return wrong_signature();
        if (EVP_PKEY_verify(context.get(), ASN1_STRING_get0_data(signature),
                            static_cast<std::size_t>(ASN1_STRING_length(signature)), digest->second.data(),
                            digest->second.size()) != 1)
            find(Fault::wrong, "The content is not what was signed.");
    }

    void wrong_signature()
    {
        find(Fault::wrong, "The signature is not one by the key of " + report_.certificate->subject_name + ".");
    }

    /// RFC 5035 §5 and RFC 8550 §4.2: the certificate is the one that the signer named.
    void signing_certificate()
    {
        const auto decode = [&]<auto Decode, class Pointer>(int nid) {
            const auto* value = static_cast<const ASN1_STRING*>(
                CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(nid), -3, V_ASN1_SEQUENCE));
            const unsigned char* position = value != nullptr ? ASN1_STRING_get0_data(value) : nullptr;
            return Pointer(value != nullptr ? Decode(nullptr, &position, ASN1_STRING_length(value)) : nullptr);
        };
        const bool named = CMS_signed_get_attr_by_NID(signer_, NID_id_smime_aa_signingCertificate, -1) >= 0 ||
                           CMS_signed_get_attr_by_NID(signer_, NID_id_smime_aa_signingCertificateV2, -1) >= 0;
        if (!named)
            return;
        const EssPtr first = decode.operator()<d2i_ESS_SIGNING_CERT, EssPtr>(NID_id_smime_aa_signingCertificate);
        const EssV2Ptr second =
            decode.operator()<d2i_ESS_SIGNING_CERT_V2, EssV2Ptr>(NID_id_smime_aa_signingCertificateV2);
        const std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })> all(
            sk_X509_dup(certificates_));
        if (!all || sk_X509_unshift(all.get(), certificate_) <= 0 || (!first && !second) ||
            OSSL_ESS_check_signing_certs(first.get(), second.get(), all.get(), 0) <= 0)
            find(Fault::wrong, "The signer named another certificate as the one to be judged by.");
    }

    void path()
    {
        PathReport path = trust_.check(certificate_, certificates_);
        report_.revocation_checked = path.revocation_checked;
        std::ranges::move(path.findings, std::back_inserter(report_.findings));
        std::ranges::move(path.warnings, std::back_inserter(report_.warnings));
        if (!report_.certificate || !report_.claimed_time)
            return;
        constexpr auto kSkew = std::chrono::hours(24);
        if (*report_.claimed_time < report_.certificate->not_before - kSkew ||
            *report_.claimed_time > report_.certificate->not_after + kSkew)
            report_.warnings.push_back("The signer claims a time at which the certificate was not valid.");
        if (*report_.claimed_time > trust_.moment() + kSkew)
            report_.warnings.push_back("The signer claims a time that is still to come.");
    }

    CMS_SignerInfo* signer_;
    STACK_OF(X509) * certificates_;
    const ContentDigests& digests_;
    const Trust& trust_;
    std::optional<base::Hash> hash_;
    X509* certificate_ = nullptr; // in certificates_
    SignerReport report_;
};

} // namespace

std::optional<base::Hash> digest_hash(CMS_SignerInfo* signer)
{
    switch (algorithms_of(signer).digest) {
    case NID_sha256:
        return base::Hash::sha256;
    case NID_sha384:
        return base::Hash::sha384;
    case NID_sha512:
        return base::Hash::sha512;
    default:
        return std::nullopt;
    }
}

SignerReport check_signer(CMS_SignerInfo* signer, STACK_OF(X509) * certificates, const ContentDigests& digests,
                          const Trust& trust)
{
    return SignerCheck(signer, certificates, digests, trust).run();
}

} // namespace sceau::mail::cms
