// What a CMS structure can contain to mislead a reader. The names in brackets are those of the attack classes in Müller
// et al., "Johnny, you are fired!", USENIX Security 2019.
#include "tests/support/verdict_matchers.h"

#include <openssl/ess.h>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

const std::string kPayload = text_part();

Verdict judged_with(const World& world, Signing how)
{
    return judged(world.signed_mail(kPayload, std::move(how)), world.trust());
}

Verdict judged_cms(const World& world, const Bytes& cms)
{
    return judged(multipart_signed(header(), kPayload, cms), world.trust());
}

/// Signed by Alice, with attributes altered in ways that no ordinary program uses.
Verdict judged_after(const World& world, const std::function<void(CMS_SignerInfo*)>& alter)
{
    return judged_with(world, {.falsify = [&](CMS_ContentInfo* cms) {
                           alter(first_signer(cms));
                           sign_again(cms, world.alice);
                       }});
}

void remove(CMS_SignerInfo* signer, int nid)
{
    const int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
    REQUIRE(at >= 0);
    X509_ATTRIBUTE_free(CMS_signed_delete_attr(signer, at));
}

void add(CMS_SignerInfo* signer, int nid, int type, const void* value, int size = -1)
{
    X509_ATTRIBUTE* attribute = X509_ATTRIBUTE_create_by_NID(nullptr, nid, type, value, size);
    REQUIRE(CMS_signed_add1_attr(signer, attribute) == 1);
    X509_ATTRIBUTE_free(attribute);
}

} // namespace

TEST_CASE("a content inside a detached signature is malformed")
{
    const World world;
    const Bytes with_content = sign(world.alice, kPayload, {.opaque = true});
    CHECK(judged_cms(world, with_content) == Judgement::malformed); // [C1]
    const auto evil = multipart_signed(header(), text_part("Pay 48000 euros."), with_content);
    CHECK(judged(evil, world.trust()) == Judgement::malformed);
    // An empty content is a content too.
    CHECK(judged(multipart_signed(header(), kPayload, sign(world.alice, "", {.opaque = true})), world.trust()) ==
          Judgement::malformed);
}

TEST_CASE("signed data over something other than a mail cannot be checked, and is not called damaged")
{
    const World world;
    for (const int type : {NID_id_smime_ct_receipt, NID_id_smime_ct_TSTInfo, NID_pkcs7_enveloped}) {
        const auto say_so = [type](CMS_ContentInfo* cms) { CMS_set1_eContentType(cms, OBJ_nid2obj(type)); };
        for (const Signing& how :
             {Signing{.opaque = true, .alter = say_so}, Signing{.alter = say_so}, Signing{.falsify = say_so}}) {
            const auto verdict = judged_with(world, how);
            CHECK(verdict == Judgement::cannot_be_checked);
            CHECK(says(verdict.reasons, "something else than a mail"));
        }
    }
}

TEST_CASE("signed data without a content is malformed")
{
    const World world;
    CHECK(judged(opaque_signed(header(), sign(world.alice, kPayload)), world.trust()) == Judgement::malformed);
    CHECK(judged(opaque_signed(header(), sign(world.alice, "", {.opaque = true})), world.trust()) ==
          Judgement::malformed);
}

TEST_CASE("signed data whose content is not a mail part is malformed")
{
    const World world;
    CHECK(judged(world.signed_mail("From someone Thu Jan 1\r\n" + kPayload, {.opaque = true}), world.trust()) ==
          Judgement::malformed);
    CHECK(judged(world.signed_mail("Hello without a header\r\n", {.opaque = true}), world.trust()) ==
          Judgement::malformed);
    CHECK(judged(world.signed_mail("Content-Type: text/html\r\n" + kPayload, {.opaque = true}), world.trust()) ==
          Judgement::malformed);
}

TEST_CASE("a CMS structure without signers proves nothing")
{
    const World world;
    static auto& dropped = *new std::vector<CMS_SignerInfo*>; // never freed: OpenSSL has no function that frees one
    const auto drop_signers = [](CMS_ContentInfo* cms) {
        dropped.push_back(sk_CMS_SignerInfo_pop(CMS_get0_SignerInfos(cms)));
    };
    CHECK(judged_with(world, {.falsify = drop_signers}) == Judgement::not_signed); // [C3]
    CHECK(judged_with(world, {.opaque = true, .falsify = drop_signers}) == Judgement::not_signed);
    CHECK(judged_with(world, {.flags = CMS_NOCERTS, .falsify = drop_signers}) == Judgement::not_signed);
}

TEST_CASE("if there are several signers, all must be right and one must be the author")
{
    const World world;
    const Verdict both = judged_with(world, {.other_signers = {&world.eve}}); // [C2]
    CHECK(both == Judgement::signed_);
    CHECK(both.signer() == nullptr);
    CHECK(says(both.warnings, "2 signatures"));

    const auto stranger =
        self_signed({.common_name = "Stranger", .extensions = person_extensions("email:x@y.example")});
    CHECK(judged_with(world, {.other_signers = {&stranger}}) == Judgement::unknown_issuer);
    const auto eves = world.signed_by(world.eve, header(), kPayload, {.other_signers = {&stranger}});
    CHECK(judged(eves, world.trust()) == Judgement::not_from_signer);
    const auto spoil_the_first = [](CMS_ContentInfo* cms) {
        ASN1_OCTET_STRING* signature = CMS_SignerInfo_get0_signature(first_signer(cms));
        ASN1_STRING_set(signature, "x", 1);
    };
    CHECK(judged_with(world, {.other_signers = {&world.eve}, .falsify = spoil_the_first}) == Judgement::changed);
}

TEST_CASE("a signed attribute that is there twice is malformed")
{
    const World world;
    CHECK(judged_after(world, [](CMS_SignerInfo*) {}) == Judgement::signed_);
    const Bytes digest(32);
    CHECK(judged_after(world, [&](CMS_SignerInfo* signer) {
              add(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest.data(), 32);
          }) == Judgement::malformed);
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) {
              add(signer, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(NID_pkcs7_data));
          }) == Judgement::malformed);
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) {
              add(signer, NID_pkcs9_challengePassword, V_ASN1_IA5STRING, "x", 1);
              add(signer, NID_pkcs9_challengePassword, V_ASN1_IA5STRING, "y", 1);
          }) == Judgement::malformed);
}

TEST_CASE("a signed attribute with two values is malformed")
{
    const World world;
    const Bytes digest(32);
    CHECK(judged_after(world, [&](CMS_SignerInfo* signer) {
              X509_ATTRIBUTE* attribute =
                  CMS_signed_get_attr(signer, CMS_signed_get_attr_by_NID(signer, NID_pkcs9_messageDigest, -1));
              X509_ATTRIBUTE_set1_data(attribute, V_ASN1_OCTET_STRING, digest.data(), 32);
          }) == Judgement::malformed);
}

TEST_CASE("signed attributes need the digest of the content and its type")
{
    const World world;
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) { remove(signer, NID_pkcs9_messageDigest); }) ==
          Judgement::malformed);
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) { remove(signer, NID_pkcs9_contentType); }) ==
          Judgement::malformed);
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) { remove(signer, NID_pkcs9_signingTime); }) ==
          Judgement::signed_);
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) {
              remove(signer, NID_pkcs9_contentType);
              add(signer, NID_pkcs9_contentType, V_ASN1_OBJECT, OBJ_nid2obj(NID_id_smime_ct_TSTInfo));
          }) == Judgement::malformed);
}

TEST_CASE("the signature of another mail does not fit")
{
    const World world;
    const Bytes other = sign(world.alice, text_part("Please pay 48000 euros."));
    const Verdict verdict = judged_cms(world, other);
    CHECK(verdict == Judgement::changed);
    CHECK(verdict.reasons.front().what == mail::Found::content_changed);
    REQUIRE(verdict.signer() != nullptr);
    CHECK(verdict.signer()->name == "Alice Example");
    CHECK_FALSE(verdict.coverage.text);
    CHECK(judged_cms(world, sign(world.alice, text_part("x"), {.flags = CMS_NOATTR})) == Judgement::changed);
}

TEST_CASE("a signature by another key under the signer's certificate is wrong")
{
    const World world;
    auto impostor = self_signed({.common_name = "Impostor"});
    const auto put_in = [&](CMS_ContentInfo* cms) {
        CMS_SignerInfo* signer = first_signer(cms);
        const Bytes forged = sign_digest(impostor, base::Scheme::ecdsa_secp256r1_sha256, Bytes(32));
        ASN1_STRING_set(CMS_SignerInfo_get0_signature(signer), forged.data(), static_cast<int>(forged.size()));
    };
    const Verdict verdict = judged_with(world, {.falsify = put_in});
    CHECK(verdict == Judgement::changed);
    CHECK(says(verdict.reasons, "not one by the key of Alice Example"));
}

TEST_CASE("the certificate that the signer named has to be the one judged by")
{
    const World world;
    const auto name = [](const Identity& named) {
        return [&named](CMS_ContentInfo* cms) {
            ESS_SIGNING_CERT_V2* ess =
                OSSL_ESS_signing_cert_v2_new_init(EVP_sha256(), named.certificate.get(), nullptr, 1);
            unsigned char* der = nullptr;
            const int size = i2d_ESS_SIGNING_CERT_V2(ess, &der);
            CMS_signed_add1_attr_by_NID(first_signer(cms), NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE, der,
                                        size);
            OPENSSL_free(der);
            ESS_SIGNING_CERT_V2_free(ess);
        };
    };
    CHECK(judged_with(world, {.alter = name(world.alice)}) == Judgement::signed_);
    CHECK(judged_with(world, {.alter = name(world.eve)}) == Judgement::changed);
    CHECK(judged_after(world, [](CMS_SignerInfo* signer) {
              const Bytes empty = {0x30, 0x00};
              ASN1_STRING* value = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
              ASN1_STRING_set(value, empty.data(), 2);
              add(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE, value);
              ASN1_STRING_free(value);
          }) == Judgement::changed);
}

TEST_CASE("another certificate of the same issuer and number beside the signer's changes nothing")
{
    const World world;
    auto twin = issue(world.issuer, {.common_name = "Twin"});
    ASN1_INTEGER* serial = X509_get_serialNumber(twin.certificate.get());
    ASN1_STRING_copy(serial, X509_get_serialNumber(world.alice.certificate.get()));
    X509_sign(twin.certificate.get(), world.issuer.key.get(), EVP_sha256());
    const Verdict verdict = judged_with(world, {.certificates = {twin.certificate.get()}});
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.signer()->name == "Alice Example");
}

TEST_CASE("a mail without the signer's certificate can be checked with one that the reader has")
{
    const World world;
    const Verdict verdict = judged_with(world, {.flags = CMS_NOCERTS});
    CHECK(verdict == Judgement::cannot_be_checked);
    CHECK(says(verdict.reasons, "certificate is not in the mail"));
    const std::string mail = multipart_signed(header(), kPayload, sign(world.alice, kPayload, {.flags = CMS_NOCERTS}));
    auto trust = world.trust();
    trust.certificate_files = {world.folder.write("alice.pem", to_pem(world.alice.certificate.get()))};
    CHECK(judged(mail, trust) == Judgement::unknown_issuer); // its presence does not make it trusted
    trust.certificate_files.push_back(world.folder.write("ca.der", base::as_text(world.issuer.der())));
    CHECK(judged(mail, trust) == Judgement::signed_);
    trust.certificate_files = {world.folder.write("eve.pem", to_pem(world.eve.certificate.get()))};
    CHECK(judged(mail, trust) == Judgement::cannot_be_checked);
    const auto other_root = self_signed({.common_name = "Other Root", .extensions = authority_extensions()});
    trust.ca_file = world.folder.write("other.pem", to_pem(other_root.certificate.get()));
    trust.certificate_files = {world.folder.write("all.pem", to_pem(world.alice.certificate.get()) +
                                                                 to_pem(world.issuer.certificate.get()) +
                                                                 to_pem(world.root.certificate.get()))};
    CHECK(judged(mail, trust) == Judgement::unknown_issuer);
}

TEST_CASE("a right signature that rests on SHA-1 or MD5 is too weak and is not called unsigned")
{
    const World world;
    const auto rsa = issue(world.issuer, {.key = new_rsa_key(2048)});
    for (const unsigned flags : {0U, static_cast<unsigned>(CMS_NOATTR)}) {
        for (const EVP_MD* hash : {EVP_sha1(), EVP_md5()}) {
            const Signing how = {.flags = flags, .hash = hash};
            const Verdict verdict = judged(world.signed_by(rsa, header(), kPayload, how), world.trust());
            CHECK(verdict == Judgement::too_weak);
            CHECK(verdict.reasons.size() == 1);
            CHECK(says(verdict.reasons, "The signature is right, and its hash "));
            CHECK(verdict.signer() != nullptr);
            CHECK(verdict.coverage.text);
        }
    }
    CHECK(judged_with(world, {.hash = EVP_sha1()}) == Judgement::too_weak);
    CHECK(judged_with(world, {.opaque = true, .hash = EVP_sha1()}) == Judgement::too_weak);
}

TEST_CASE("a weak hash hides neither a change nor a forged From")
{
    const World world;
    const Bytes cms =
        sign(world.alice, kPayload, {.hash = EVP_sha1(), .certificates = {world.issuer.certificate.get()}});
    CHECK(judged(multipart_signed(header(), text_part("x"), cms), world.trust()) == Judgement::changed);
    CHECK(judged(multipart_signed(header("ceo@bank.example"), kPayload, cms), world.trust()) ==
          Judgement::not_from_signer);
    const auto signature = [&](CMS_ContentInfo* made) {
        ASN1_OCTET_STRING* value = CMS_SignerInfo_get0_signature(first_signer(made));
        ASN1_STRING_set(value, ASN1_STRING_get0_data(value), ASN1_STRING_length(value) - 1);
    };
    CHECK(judged_with(world, {.hash = EVP_sha1(), .falsify = signature}) == Judgement::changed);
}

TEST_CASE("a right signature by RSA under 1024 bits is too weak and one under 2048 is warned of")
{
    const World world;
    const auto tiny = issue(world.issuer, {.key = new_rsa_key(768)});
    const Verdict weak = judged(world.signed_by(tiny, header()), world.trust());
    CHECK(weak == Judgement::too_weak);
    CHECK(weak.reasons.size() == 1);
    CHECK(says(weak.reasons, "its key of 768 bits is so small"));
    const auto small = issue(world.issuer, {.key = new_rsa_key(1024)});
    const Verdict verdict = judged(world.signed_by(small, header()), world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "weaker than RSA with 2048 bits"));
    CHECK(verdict.signer()->algorithm == "rsa 1024, sha256");
}

TEST_CASE("a certificate that was issued with SHA-1 is too weak, not one of an unknown issuer")
{
    const World world;
    auto old = issue(world.issuer, {});
    REQUIRE(X509_sign(old.certificate.get(), world.issuer.key.get(), EVP_sha1()) > 0);
    const Verdict verdict = judged(world.signed_by(old, header()), world.trust());
    CHECK(verdict == Judgement::too_weak);
    CHECK(says(verdict.reasons, "was issued with SHA1, which is too weak"));
}

TEST_CASE("a signature algorithm with another hash than the digest's is malformed")
{
    const World world;
    const auto pretend = [](CMS_ContentInfo* cms) {
        X509_ALGOR* algorithm = nullptr;
        CMS_SignerInfo_get0_algs(first_signer(cms), nullptr, nullptr, nullptr, &algorithm);
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_ecdsa_with_SHA1), V_ASN1_UNDEF, nullptr);
    };
    CHECK(judged_with(world, {.falsify = pretend}) == Judgement::malformed);
}

TEST_CASE("RSA-PSS is judged like any other")
{
    const World world;
    const auto rsa = issue(world.issuer, {.key = new_rsa_key(2048)});
    const auto with_pss = [&](const EVP_MD* mask_hash) {
        const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_KEY_PARAM;
        const mail::cms::CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
        CMS_add1_cert(cms.get(), world.issuer.certificate.get());
        CMS_SignerInfo* signer = CMS_add1_signer(cms.get(), rsa.certificate.get(), rsa.key.get(), EVP_sha256(), flags);
        EVP_PKEY_CTX* context = CMS_SignerInfo_get0_pkey_ctx(signer);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, mask_hash);
        const mail::cms::BioPtr data(BIO_new_mem_buf(kPayload.data(), static_cast<int>(kPayload.size())));
        REQUIRE(CMS_final(cms.get(), data.get(), nullptr, flags) == 1);
        unsigned char* der = nullptr;
        const int size = i2d_CMS_ContentInfo(cms.get(), &der);
        Bytes bytes(der, der + size);
        OPENSSL_free(der);
        return bytes;
    };
    CHECK(judged_cms(world, with_pss(EVP_sha256())) == Judgement::signed_);
    CHECK(judged(multipart_signed(header(), text_part("x"), with_pss(EVP_sha256())), world.trust()) ==
          Judgement::changed);
}

TEST_CASE("bytes after the CMS structure of a detached signature are warned of, and bytes in place of it are malformed")
{
    const World world;
    Bytes cms = sign(world.alice, kPayload, {.certificates = {world.issuer.certificate.get()}});
    cms.push_back(0);
    const Verdict behind = judged_cms(world, cms);
    CHECK(behind == Judgement::signed_);
    CHECK(says(behind.warnings, "stands behind the signature"));
    Bytes opaque = sign(world.alice, kPayload, {.opaque = true, .certificates = {world.issuer.certificate.get()}});
    opaque.push_back(0);
    CHECK(judged(opaque_signed(header(), opaque), world.trust()) == Judgement::signed_);
    CHECK(judged_cms(world, {}) == Judgement::malformed);
    CHECK(judged_cms(world, Bytes(cms.begin(), cms.begin() + 100)) == Judgement::malformed);
    CHECK(judged_cms(world, Bytes(5000, 0x30)) == Judgement::malformed);
    CHECK(judged_cms(world, Bytes(5000, 0x24)) == Judgement::malformed);
}

TEST_CASE("a claimed time outside the certificate's validity is warned of")
{
    const World world;
    const auto claim = [](const char* time) {
        return [time](CMS_ContentInfo* cms) {
            const mail::cms::AsnTimePtr asn1(ASN1_TIME_new());
            ASN1_TIME_set_string_X509(asn1.get(), time);
            CMS_signed_add1_attr_by_NID(first_signer(cms), NID_pkcs9_signingTime, asn1->type, asn1.get(), -1);
        };
    };
    const Verdict early = judged_with(world, {.alter = claim("20200101000000Z")});
    CHECK(early == Judgement::signed_);
    CHECK(says(early.warnings, "at which the certificate was not valid"));
    const Verdict late = judged_with(world, {.alter = claim("20270601000000Z")});
    CHECK(says(late.warnings, "still to come"));
    CHECK(late.signer()->claimed_time == moment("20270601000000Z"));
}
