#include "mail/cms/signer_check.h"

#include "mail/cms/algorithms.h"

#include <openssl/ess.h>
#include <openssl/objects.h>

#include <algorithm>
#include <set>

namespace sceau::mail::cms {

namespace {

using EssPtr = std::unique_ptr<ESS_SIGNING_CERT, Deleter<ESS_SIGNING_CERT_free>>;
using EssV2Ptr = std::unique_ptr<ESS_SIGNING_CERT_V2, Deleter<ESS_SIGNING_CERT_V2_free>>;

/// Takes one signer through the checks.
class SignerCheck {
  public:
    SignerCheck(CMS_SignerInfo* signer, const std::vector<X509*>& certificates, const ContentDigests& digests,
                const PathFinder& find_path, std::chrono::sys_seconds moment)
        : signer_(signer), certificates_(certificates), digests_(digests), find_path_(find_path), moment_(moment)
    {
    }

    CheckedSigner run() &&
    {
        const std::optional<Flaw> flaw = flaw_of_algorithms(signer_);
        if (!names_two_hashes(signer_)) // with two, it would be a guess which one counts
            hash_ = digest_hash(signer_);
        find_certificate(!flaw);
        read_certificate_found();
        const bool checkable = flaw ? fail(flaw->fault, flaw->finding) : certificate_is_there() && key_is_checkable();
        read_claimed_time();
        read_own_attributes();
        check_signature(checkable);
        if (report_.flaws.empty())
            weigh();
        if (report_.certificate)
            path();
        return {.report = std::move(report_), .signer = signer_, .certificate = certificate_};
    }

  private:
    bool fail(Fault fault, Finding finding)
    {
        report_.flaws.push_back({fault, std::move(finding)});
        return false;
    }

    /// A signature that cannot be checked can still be over another content, which the digest shows.
    void check_signature(bool checkable)
    {
        if (CMS_signed_get_attr_count(signer_) < 0) {
            if (checkable && !verified_) // it is directly over the content (RFC 5652 §5.4)
                fail(Fault::wrong, {.what = Found::content_changed});
        } else if (attributes_are_in_order()) {
            content_type();
            if (hash_)
                message_digest();
            if (checkable && !verified_)
                fail(Fault::wrong, {.what = Found::not_by_this_key, .name = report_.certificate->subject_name});
            if (checkable)
                signing_certificate();
        }
    }

    /// Judges how much a valid signature proves.
    void weigh()
    {
        if (is_broken(*hash_))
            fail(Fault::too_weak, {.what = Found::hash_too_weak, .algorithm = std::string(to_string(*hash_))});
        // The limits of RFC 8550 §4.3 and RFC 8551 §4.3 are RSA with 1024 and 2048 bits.
        constexpr int kBroken = 80;
        constexpr int kWeak = 112;
        const int strength = EVP_PKEY_get_security_bits(X509_get0_pubkey(certificate_));
        if (strength < kBroken)
            fail(Fault::too_weak,
                 {.what = Found::key_too_small, .count = static_cast<std::size_t>(report_.certificate->bits)});
        else if (strength < kWeak)
            report_.warnings.push_back({.what = Found::key_weak});
    }

    /// Finds the first of the certificates named by the signer that verifies the signature, or else the first one,
    /// because anyone can add another certificate of the same name. It tries only a few, since each costs a
    /// calculation.
    void find_certificate(bool try_them)
    {
        constexpr unsigned kMostCandidates = 16;
        unsigned candidates = 0;
        for (X509* candidate : certificates_) {
            if (CMS_SignerInfo_cert_cmp(signer_, candidate) != 0)
                continue;
            if (certificate_ == nullptr)
                certificate_ = candidate;
            if (!try_them)
                break;
            if (!is_checkable(X509_get0_pubkey(candidate)))
                continue;
            if (++candidates > kMostCandidates) {
                too_many_ = true;
                break;
            }
            CMS_SignerInfo_set1_signer_cert(signer_, candidate);
            if (is_signed_with(X509_get0_pubkey(candidate))) {
                verified_ = true;
                certificate_ = candidate;
                break;
            }
        }
        if (certificate_ != nullptr)
            CMS_SignerInfo_set1_signer_cert(signer_, certificate_);
    }

    bool is_signed_with(EVP_PKEY* key) const
    {
        if (CMS_signed_get_attr_count(signer_) >= 0)
            return CMS_SignerInfo_verify(signer_) == 1;
        const auto digest = hash_ ? digests_.find(*hash_) : digests_.end();
        return digest != digests_.end() && verifies_digest(signer_, key, *hash_, digest->second);
    }

    void read_certificate_found()
    {
        if (certificate_ == nullptr)
            return;
        if (auto facts = read_certificate(to_der(certificate_)))
            report_.certificate = *std::move(facts);
    }

    bool certificate_is_there()
    {
        if (certificate_ == nullptr)
            return fail(Fault::uncheckable, {.what = Found::certificate_missing});
        if (too_many_) {
            report_.certificate.reset(); // whose signature it is cannot be said either
            return fail(Fault::uncheckable, {.what = Found::certificates_too_many});
        }
        return report_.certificate || fail(Fault::uncheckable, {.what = Found::certificate_unreadable});
    }

    bool key_is_checkable()
    {
        const EVP_PKEY* key = X509_get0_pubkey(certificate_);
        report_.algorithm = report_.certificate->algorithm + " " + std::to_string(report_.certificate->bits) + ", " +
                            std::string(to_string(*hash_));
        if (key != nullptr && !is_bounded(key))
            return fail(Fault::uncheckable, {.what = Found::key_too_large});
        if (!is_checkable(key))
            return fail(Fault::uncheckable, {.what = Found::key_kind_unknown});
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

    /// What cannot be read counts as not there: these attributes change nothing about what the signature proves.
    void read_own_attributes()
    {
        for (int i = 0; i < CMS_signed_get_attr_count(signer_); ++i) {
            X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer_, i);
            const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(attribute);
            const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
            const OwnAttribute own = own_attribute({OBJ_get0_data(type), OBJ_length(type)});
            const int wanted = own == OwnAttribute::shown_summary ? V_ASN1_SEQUENCE : V_ASN1_OCTET_STRING;
            if (own == OwnAttribute::none || value == nullptr || value->type != wanted)
                continue;
            const unsigned char* data = ASN1_STRING_get0_data(value->value.asn1_string);
            const base::Bytes bytes(data, data + ASN1_STRING_length(value->value.asn1_string));
            if (own == OwnAttribute::shown_summary)
                report_.own.shown_summary = read_shown_summary(bytes);
            else
                report_.own.journal_head = bytes;
        }
    }

    /// Returns whether each kind of attribute appears once with one value (RFC 5652 §11, RFC 8551 §2.5); otherwise two
    /// programs might look at different ones.
    bool attributes_are_in_order()
    {
        std::set<std::string> seen;
        const int count = CMS_signed_get_attr_count(signer_);
        for (int i = 0; i < count; ++i) {
            X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer_, i);
            const ASN1_OBJECT* type = X509_ATTRIBUTE_get0_object(attribute);
            const std::string id(reinterpret_cast<const char*>(OBJ_get0_data(type)), OBJ_length(type));
            if (!seen.insert(id).second || X509_ATTRIBUTE_count(attribute) != 1)
                return fail(Fault::unreadable, {.what = Found::attribute_repeated});
        }
        return count > 0 || fail(Fault::unreadable, {.what = Found::attributes_empty});
    }

    void content_type()
    {
        const auto* type = static_cast<const ASN1_OBJECT*>(
            CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT));
        if (type == nullptr || OBJ_obj2nid(type) != NID_pkcs7_data)
            fail(Fault::unreadable, {.what = Found::content_type_other});
    }

    void message_digest()
    {
        const auto* stated = static_cast<const ASN1_OCTET_STRING*>(
            CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
        if (stated == nullptr)
            fail(Fault::unreadable, {.what = Found::digest_missing});
        else if (const auto digest = digests_.find(*hash_);
                 digest == digests_.end() ||
                 !std::ranges::equal(digest->second,
                                     base::BytesView(ASN1_STRING_get0_data(stated),
                                                     static_cast<std::size_t>(ASN1_STRING_length(stated)))))
            fail(Fault::wrong, {.what = Found::content_changed});
    }

    /// RFC 5035 §5 and RFC 8550 §4.2: the certificate must be the one that the signer named.
    void signing_certificate()
    {
        const auto decode = [&]<auto Decode, class Pointer>(int nid) {
            const auto* value = static_cast<const ASN1_STRING*>(
                CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(nid), -3, V_ASN1_SEQUENCE));
            constexpr int kLargest = 4096; // bytes, since each name in it is compared with each certificate
            if (value == nullptr || ASN1_STRING_length(value) > kLargest)
                return Pointer();
            const unsigned char* position = ASN1_STRING_get0_data(value);
            return Pointer(Decode(nullptr, &position, ASN1_STRING_length(value)));
        };
        const bool named = CMS_signed_get_attr_by_NID(signer_, NID_id_smime_aa_signingCertificate, -1) >= 0 ||
                           CMS_signed_get_attr_by_NID(signer_, NID_id_smime_aa_signingCertificateV2, -1) >= 0;
        if (!named)
            return;
        const EssPtr first = decode.operator()<d2i_ESS_SIGNING_CERT, EssPtr>(NID_id_smime_aa_signingCertificate);
        const EssV2Ptr second =
            decode.operator()<d2i_ESS_SIGNING_CERT_V2, EssV2Ptr>(NID_id_smime_aa_signingCertificateV2);
        const X509ViewsPtr all(sk_X509_new_null());
        bool complete = all && sk_X509_push(all.get(), certificate_) > 0;
        for (X509* certificate : certificates_)
            complete = complete && sk_X509_push(all.get(), certificate) > 0;
        if (!complete || (!first && !second) ||
            OSSL_ESS_check_signing_certs(first.get(), second.get(), all.get(), 0) <= 0)
            fail(Fault::wrong, {.what = Found::another_certificate_named});
    }

    void path()
    {
        PathReport path = find_path_(certificate_);
        report_.revocation = path.revocation;
        std::ranges::move(path.flaws, std::back_inserter(report_.flaws));
        std::ranges::move(path.warnings, std::back_inserter(report_.warnings));
        if (!report_.certificate || !report_.claimed_time)
            return;
        constexpr auto kSkew = std::chrono::hours(24);
        if (*report_.claimed_time < report_.certificate->not_before - kSkew ||
            *report_.claimed_time > report_.certificate->not_after + kSkew)
            report_.warnings.push_back({.what = Found::time_outside_validity});
        if (*report_.claimed_time > moment_ + kSkew)
            report_.warnings.push_back({.what = Found::time_to_come});
    }

    CMS_SignerInfo* signer_;
    const std::vector<X509*>& certificates_;
    const ContentDigests& digests_;
    const PathFinder& find_path_;
    std::chrono::sys_seconds moment_;
    std::optional<ContentHash> hash_;
    X509* certificate_ = nullptr; // owned by certificates_
    bool verified_ = false;       // certificate_ verifies the signature
    bool too_many_ = false;       // too many certificates could be the signer's
    SignerReport report_;
};

} // namespace

CheckedSigner check_signer(CMS_SignerInfo* signer, const std::vector<X509*>& certificates,
                           const ContentDigests& digests, const PathFinder& find_path, std::chrono::sys_seconds moment)
{
    return SignerCheck(signer, certificates, digests, find_path, moment).run();
}

} // namespace sceau::mail::cms
