// Parts of a signature that cannot be checked, several signatures by one person, and limits on a reader's computing
// time.
#include "tests/support/verdict_matchers.h"

#include <openssl/rsa.h>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

const std::string kSignedText = text_part();

enum class Algorithm { digest, signature };

void pretend(CMS_SignerInfo* signer, Algorithm which, const char* identifier)
{
    X509_ALGOR* digest = nullptr;
    X509_ALGOR* signature = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
    X509_ALGOR_set0(which == Algorithm::digest ? digest : signature, OBJ_txt2obj(identifier, 0), V_ASN1_UNDEF, nullptr);
}

CMS_SignerInfo* signer_of(CMS_ContentInfo* cms, int number)
{
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), number);
}

Verdict judged_as(const World& world, Algorithm which, const char* identifier, const std::string& payload = kSignedText)
{
    const Bytes cms = sign(world.alice, kSignedText,
                           {.certificates = {world.issuer.certificate.get()},
                            .falsify = [&](CMS_ContentInfo* made) { pretend(first_signer(made), which, identifier); }});
    return judged(multipart_signed(header(), payload, cms), world.trust());
}

/// Returns a certificate by the authority for a key of an unknown kind.
Identity with_unknown_key(const World& world, const char* identifier)
{
    auto made = issue(world.issuer, {});
    ASN1_OBJECT* kind = OBJ_txt2obj(identifier, 1);
    auto* bits = static_cast<unsigned char*>(OPENSSL_malloc(32));
    std::fill_n(bits, 32, 7);
    X509_PUBKEY* key = X509_get_X509_PUBKEY(made.certificate.get());
    X509_PUBKEY_set0_param(key, kind, V_ASN1_UNDEF, nullptr, bits, 32);
    X509_sign(made.certificate.get(), world.issuer.key.get(), EVP_sha256());
    return made;
}

/// Signed with RSA-PSS, with or without attributes.
std::string with_pss(const World& world, const Identity& signer, const EVP_MD* hash, const EVP_MD* mask_hash, int salt,
                     bool attributes)
{
    const unsigned flags =
        CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_KEY_PARAM | (attributes ? 0U : static_cast<unsigned>(CMS_NOATTR));
    const mail::cms::CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
    CMS_add1_cert(cms.get(), world.issuer.certificate.get());
    CMS_SignerInfo* info = CMS_add1_signer(cms.get(), signer.certificate.get(), signer.key.get(), hash, flags);
    EVP_PKEY_CTX* context = CMS_SignerInfo_get0_pkey_ctx(info);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_mgf1_md(context, mask_hash);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt);
    const mail::cms::BioPtr data(BIO_new_mem_buf(kSignedText.data(), static_cast<int>(kSignedText.size())));
    REQUIRE(CMS_final(cms.get(), data.get(), nullptr, flags) == 1);
    unsigned char* der = nullptr;
    const int size = i2d_CMS_ContentInfo(cms.get(), &der);
    const Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return multipart_signed(header(), kSignedText, bytes);
}

/// Signed with Alice's key, while the certificate and the signer's number are those of another.
Bytes signed_in_the_name_of(const Identity& named, const World& world)
{
    const auto add_certificates = [&](CMS_ContentInfo* made) {
        CMS_add1_cert(made, world.issuer.certificate.get());
        CMS_add1_cert(made, named.certificate.get());
    };
    const auto name_the_other = [&](CMS_ContentInfo* made) {
        ASN1_OCTET_STRING* key = nullptr;
        X509_NAME* issuer = nullptr;
        ASN1_INTEGER* number = nullptr;
        CMS_SignerInfo_get0_signer_id(first_signer(made), &key, &issuer, &number);
        ASN1_STRING_copy(number, X509_get0_serialNumber(named.certificate.get()));
    };
    return sign(world.alice, kSignedText, {.flags = CMS_NOCERTS, .alter = add_certificates, .falsify = name_the_other});
}

} // namespace

TEST_CASE("an unknown algorithm cannot be checked and is not called a change")
{
    const World world;
    const char* identifier = GENERATE("2.16.840.1.101.3.4.3.18", "1.2.3.4.5.6", "ED25519", "ED448", "RSA-SHA3-256",
                                      "dsa_with_SHA256", "1.3.6.1.4.1.2.267.12.4.4");
    const Verdict verdict = judged_as(world, Algorithm::signature, identifier);
    CHECK(verdict == Judgement::cannot_be_checked);
    CHECK(says(verdict.reasons, "cannot be checked here"));
    CHECK(says(verdict.reasons, OBJ_txt2nid(identifier) == NID_undef ? identifier : "The signature is one by"));
    REQUIRE(verdict.signer() != nullptr);
    CHECK(verdict.signer()->name == "Alice Example");
    CHECK_FALSE(verdict.coverage.text);
}

TEST_CASE("an unknown digest cannot be checked and is not called broken")
{
    const World world;
    const char* identifier = GENERATE("SHA3-256", "SHA3-512", "SHA224", "SHA512-256", "1.2.3.4.5.6");
    const Verdict verdict = judged_as(world, Algorithm::digest, identifier);
    CHECK(verdict == Judgement::cannot_be_checked);
    CHECK(says(verdict.reasons, "cannot be checked here"));
    CHECK_FALSE(says(verdict.reasons, "proves nothing"));
}

TEST_CASE("a text that does not have the signed digest is changed, whatever signed it")
{
    const World world;
    CHECK(judged_as(world, Algorithm::signature, "1.2.3.4.5.6", text_part("Pay 48000 euros.")) == Judgement::changed);
}

TEST_CASE("a certificate with an unknown kind of key is in the mail and cannot be checked")
{
    const World world;
    const auto unknown = with_unknown_key(world, "2.16.840.1.101.3.4.3.18");
    const Bytes cms = signed_in_the_name_of(unknown, world);
    const Verdict verdict = judged(multipart_signed(header(), kSignedText, cms), world.trust());
    CHECK(verdict == Judgement::cannot_be_checked);
    CHECK(says(verdict.reasons, "of a kind that cannot be checked here"));
    CHECK_FALSE(says(verdict.reasons, "is not in the mail"));
    CHECK(verdict.signer() != nullptr);
}

TEST_CASE("one valid signature of a signer is enough and the others are reported")
{
    const World world;
    const auto renewed = issue(world.issuer, {.common_name = "Alice Example (2027)"}); // another key, the same address
    const Identity& second = GENERATE(true, false) ? world.alice : renewed;
    const auto judge_with = [&](const std::function<void(CMS_SignerInfo*)>& falsify) {
        return judged(
            world.signed_mail(kSignedText, {.flags = CMS_NOCERTS,
                                            .certificates = {world.alice.certificate.get(), renewed.certificate.get()},
                                            .other_signers = {&second},
                                            .falsify = [&](CMS_ContentInfo* cms) { falsify(signer_of(cms, 1)); }}),
            world.trust());
    };
    const Verdict both = judge_with([](CMS_SignerInfo*) {});
    CHECK(both == Judgement::signed_);
    REQUIRE(both.signer() != nullptr);
    CHECK(says(both.warnings, "has signed a second time"));

    const Verdict unknown = judge_with([](CMS_SignerInfo* other) { pretend(other, Algorithm::signature, "1.2.3.4"); });
    CHECK(unknown == Judgement::signed_);
    CHECK(unknown.signer() != nullptr);
    CHECK(unknown.coverage.text);
    CHECK(says(unknown.warnings, "does not count: The signature is one by the algorithm 1.2.3.4"));

    const Verdict weak = judge_with([](CMS_SignerInfo* other) { pretend(other, Algorithm::digest, "SHA1"); });
    CHECK(weak == Judgement::signed_);
    CHECK(says(weak.warnings, "does not count: The signature names SHA1 and another hash"));

    const Verdict broken =
        judge_with([](CMS_SignerInfo* other) { ASN1_STRING_set(CMS_SignerInfo_get0_signature(other), "x", 1); });
    CHECK(broken == Judgement::signed_);
    CHECK(says(broken.warnings, "does not count: The signature is not one by the key of"));
}

TEST_CASE("if all signatures of a signer fail, the text counts as changed or as impossible to check")
{
    const World world;
    const auto unknown = [](CMS_ContentInfo* cms) {
        pretend(signer_of(cms, 0), Algorithm::signature, "1.2.3.4");
        pretend(signer_of(cms, 1), Algorithm::digest, "SHA1");
    };
    const auto mail = [&](const std::string& payload) {
        const Bytes cms = sign(world.alice, kSignedText,
                               {.flags = CMS_NOCERTS,
                                .certificates = {world.alice.certificate.get(), world.issuer.certificate.get()},
                                .other_signers = {&world.alice},
                                .falsify = unknown});
        return judged(multipart_signed(header(), payload, cms), world.trust());
    };
    CHECK(mail(kSignedText) == Judgement::cannot_be_checked);
    CHECK(mail(text_part("Pay 48000 euros.")) == Judgement::changed);
}

TEST_CASE("the signatures of different people must all be valid")
{
    const World world;
    const auto judge_with = [&](const std::function<void(CMS_SignerInfo*)>& falsify) {
        return judged(
            world.signed_mail(kSignedText, {.other_signers = {&world.eve},
                                            .falsify = [&](CMS_ContentInfo* cms) { falsify(signer_of(cms, 1)); }}),
            world.trust());
    };
    CHECK(judge_with([](CMS_SignerInfo*) {}) == Judgement::signed_);
    CHECK(judge_with([](CMS_SignerInfo* other) { pretend(other, Algorithm::signature, "1.2.3.4"); }) ==
          Judgement::cannot_be_checked);
    CHECK(judge_with([](CMS_SignerInfo* other) { ASN1_STRING_set(CMS_SignerInfo_get0_signature(other), "x", 1); }) ==
          Judgement::changed);
}

TEST_CASE("the parameters of RSA-PSS are read, with signed attributes and without")
{
    const World world;
    const auto rsa = issue(world.issuer, {.key = new_rsa_key(2048)});
    const bool attributes = GENERATE(true, false);
    CAPTURE(attributes);
    const auto judge_with = [&](const EVP_MD* hash, const EVP_MD* mask_hash, int salt) {
        return judged(with_pss(world, rsa, hash, mask_hash, salt, attributes), world.trust());
    };
    CHECK(judge_with(EVP_sha256(), EVP_sha256(), 32) == Judgement::signed_);
    CHECK(judge_with(EVP_sha256(), EVP_sha1(), 20) == Judgement::signed_);
    CHECK(judge_with(EVP_sha384(), EVP_sha512(), 0) == Judgement::signed_);
    CHECK(judge_with(EVP_sha512(), EVP_sha224(), 100) == Judgement::signed_);
}

TEST_CASE("of many certificates with the signer's issuer and number only a few are tried")
{
    const World world;
    const bool huge = GENERATE(true, false);
    std::vector<Identity> others;
    for (int i = 0; i < 40; ++i) {
        auto other = issue(world.issuer, {.common_name = "Number " + std::to_string(i),
                                          .key = !huge        ? new_key("P-256")
                                                 : i % 2 == 0 ? large_rsa_key(3072, 3071)
                                                              : large_rsa_key(16384, 60)});
        ASN1_STRING_copy(X509_get_serialNumber(other.certificate.get()),
                         X509_get0_serialNumber(world.alice.certificate.get()));
        X509_sign(other.certificate.get(), world.issuer.key.get(), EVP_sha256());
        others.push_back(std::move(other));
    }
    Signing how;
    how.flags = CMS_NOCERTS;
    how.other_signers = std::vector<const Identity*>(15, &world.alice);
    how.alter = [&](CMS_ContentInfo* cms) {
        for (const Identity& other : others)
            CMS_add1_cert(cms, other.certificate.get());
        CMS_add1_cert(cms, world.alice.certificate.get());
    };
    const Verdict verdict = judged(world.signed_mail(kSignedText, how), world.trust());
    if (huge) {
        CHECK(verdict == Judgement::signed_); // those certificates are ignored
        CHECK(verdict.signer()->name == "Alice Example");
    } else {
        CHECK(verdict == Judgement::cannot_be_checked);
        CHECK(says(verdict.reasons, "than are tried here"));
    }
}

TEST_CASE("a signer's key of an unreasonable size is not tried")
{
    const World world;
    const auto huge = issue(world.issuer, {.key = large_rsa_key(3072, 3000)});
    const Bytes cms = signed_in_the_name_of(huge, world);
    const Verdict verdict = judged(multipart_signed(header(), kSignedText, cms), world.trust());
    CHECK(verdict == Judgement::cannot_be_checked);
    CHECK(says(verdict.reasons, "too large to be checked here"));
}

TEST_CASE("a mail with more certificates than any mail needs is refused before they are read")
{
    const World world;
    std::vector<Identity> others;
    for (int i = 0; i < 300; ++i)
        others.push_back(issue(world.issuer, {}));
    Signing how;
    for (const Identity& other : others)
        how.certificates.push_back(other.certificate.get());
    const Verdict verdict = judged(world.signed_mail(kSignedText, how), world.trust());
    CHECK(verdict == Judgement::cannot_be_checked);
    CHECK(verdict.limit == mail::Limit::certificates);
    CHECK(says(verdict.reasons, "more than 256 certificates"));
}
