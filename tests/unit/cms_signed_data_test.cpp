#include "mail/cms/certificate.h"
#include "mail/cms/signed_attributes.h"
#include "mail/cms/signed_data.h"
#include "tests/support/pki.h"

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include <algorithm>

using namespace sceau;
using namespace sceau::mail::cms;
using base::Bytes;
using base::Scheme;

namespace {

const Bytes kContent = [] {
    const auto view = base::as_bytes("Content-Type: text/plain\r\n\r\nhello\r\n");
    return Bytes(view.begin(), view.end());
}();

struct Authority {
    test::Identity root = test::self_signed({.common_name = "Root", .extensions = test::authority_extensions()});
    test::Identity issuer = test::issue(root, {.common_name = "Issuer", .extensions = test::authority_extensions()});
    test::Identity alice;

    explicit Authority(EvpPkeyPtr key) : alice(test::issue(issuer, {.key = std::move(key)})) {}

    Signer signer(Scheme scheme) const { return {alice.der(), {root.der(), issuer.der()}, scheme}; }

    base::Result<Draft> draft(Scheme scheme, const char* time = "20261124101200Z") const
    {
        return Draft::create(signer(scheme), base::hash_of(base::traits(scheme).hash, kContent), test::moment(time));
    }

    Bytes signed_data(Scheme scheme, const char* time = "20261124101200Z") const
    {
        auto made = draft(scheme, time);
        REQUIRE(made);
        const Bytes signature = test::sign_digest(alice, scheme, made->digest().bytes());
        auto finished = std::move(*made).finish(signature);
        REQUIRE(finished);
        return *finished;
    }
};

CmsPtr parse(const Bytes& der)
{
    const unsigned char* position = der.data();
    CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &position, static_cast<long>(der.size())));
    REQUIRE(cms);
    REQUIRE(position == der.data() + der.size());
    return cms;
}

CMS_SignerInfo* only_signer(CMS_ContentInfo* cms)
{
    REQUIRE(sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) == 1);
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

/// Verifies with other software: OpenSSL's own verification, including the ESS attribute.
bool verifies_elsewhere(const Bytes& der, const test::Identity& root)
{
    const CmsPtr cms = parse(der);
    const X509StorePtr store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), root.certificate.get());
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                               test::moment("20261124101200Z").time_since_epoch().count());
    const BioPtr content(BIO_new_mem_buf(kContent.data(), static_cast<int>(kContent.size())));
    return CMS_verify(cms.get(), nullptr, store.get(), content.get(), nullptr, CMS_BINARY | CMS_CADES) == 1;
}

std::string algorithm_text(const X509_ALGOR* algorithm)
{
    unsigned char* der = nullptr;
    const int size = i2d_X509_ALGOR(algorithm, &der);
    const std::string hex = base::to_hex({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return hex;
}

std::string signature_algorithm(const Bytes& der)
{
    const CmsPtr cms = parse(der);
    X509_ALGOR* algorithm = nullptr;
    CMS_SignerInfo_get0_algs(only_signer(cms.get()), nullptr, nullptr, nullptr, &algorithm);
    return algorithm_text(algorithm);
}

} // namespace

TEST_CASE("a mail signed by a token verifies with OpenSSL for every scheme")
{
    const Authority rsa(test::new_rsa_key(2048));
    for (const Scheme scheme :
         {Scheme::rsa_pkcs1_sha256, Scheme::rsa_pkcs1_sha384, Scheme::rsa_pkcs1_sha512, Scheme::rsa_pss_rsae_sha256,
          Scheme::rsa_pss_rsae_sha384, Scheme::rsa_pss_rsae_sha512}) {
        CAPTURE(base::to_string(scheme));
        CHECK(verifies_elsewhere(rsa.signed_data(scheme), rsa.root));
    }
    const Authority p256(test::new_key("P-256"));
    CHECK(verifies_elsewhere(p256.signed_data(Scheme::ecdsa_secp256r1_sha256), p256.root));
    const Authority p384(test::new_key("P-384"));
    CHECK(verifies_elsewhere(p384.signed_data(Scheme::ecdsa_secp384r1_sha384), p384.root));
    const Authority p521(test::new_key("P-521"));
    CHECK(verifies_elsewhere(p521.signed_data(Scheme::ecdsa_secp521r1_sha512), p521.root));
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("signature algorithms are named as their standards write them")
{
    const Authority rsa(test::new_rsa_key(2048));
    // rsaEncryption, NULL
    CHECK(signature_algorithm(rsa.signed_data(Scheme::rsa_pkcs1_sha256)) == "300d06092a864886f70d0101010500");
    // id-RSASSA-PSS, {sha256 NULL, mgf1 {sha256 NULL}, 32}: rSASSA-PSS-SHA256-Params of RFC 4055 section 6, DER
    CHECK(signature_algorithm(rsa.signed_data(Scheme::rsa_pss_rsae_sha256)) ==
          "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
          "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120");
    const Authority p384(test::new_key("P-384"));
    CHECK(signature_algorithm(p384.signed_data(Scheme::ecdsa_secp384r1_sha384)) == "300a06082a8648ce3d040303");
}

TEST_CASE("what is signed is the DER SET OF the attributes that the message carries")
{
    const Authority authority(test::new_key("P-256"));
    const auto draft = authority.draft(Scheme::ecdsa_secp256r1_sha256);
    REQUIRE(draft);
    const auto attributes = draft->signed_attributes();
    CHECK(attributes[0] == 0x31);
    CHECK(std::ranges::equal(draft->digest().bytes(), base::hash_of(base::Hash::sha256, attributes)));

    std::vector<Bytes> members;
    for (const auto* position = attributes.data() + (attributes[1] & 0x80 ? 2 + (attributes[1] & 0x7f) : 2);
         position < attributes.data() + attributes.size();) {
        const auto* start = position;
        X509_ATTRIBUTE* attribute =
            d2i_X509_ATTRIBUTE(nullptr, &position, attributes.data() + attributes.size() - position);
        REQUIRE(attribute != nullptr);
        CHECK(X509_ATTRIBUTE_count(attribute) == 1);
        X509_ATTRIBUTE_free(attribute);
        members.emplace_back(start, position);
    }
    CHECK(members.size() == 5);
    CHECK(std::ranges::is_sorted(members));
}

TEST_CASE("the signed attributes are those of RFC 8551 section 2.5 and each is there once")
{
    const Authority authority(test::new_key("P-256"));
    const CmsPtr cms = parse(authority.signed_data(Scheme::ecdsa_secp256r1_sha256));
    const CMS_SignerInfo* signer = only_signer(cms.get());
    CHECK(CMS_signed_get_attr_count(signer) == 5);
    for (const int nid : {NID_pkcs9_contentType, NID_pkcs9_messageDigest, NID_pkcs9_signingTime,
                          NID_id_smime_aa_signingCertificateV2, NID_SMIMECapabilities}) {
        const int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
        CHECK(at >= 0);
        CHECK(CMS_signed_get_attr_by_NID(signer, nid, at) < 0);
    }
    CHECK(CMS_unsigned_get_attr_count(signer) <= 0);
}

TEST_CASE("the capabilities promise AES in CBC and nothing that is broken")
{
    const Authority authority(test::new_key("P-256"));
    const CmsPtr cms = parse(authority.signed_data(Scheme::ecdsa_secp256r1_sha256));
    const CMS_SignerInfo* signer = only_signer(cms.get());
    X509_ATTRIBUTE* attribute =
        CMS_signed_get_attr(signer, CMS_signed_get_attr_by_NID(signer, NID_SMIMECapabilities, -1));
    const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
    // SEQUENCE { { id-aes256-CBC }, { id-aes128-CBC } }, parameters absent (RFC 3565 section 4.1)
    CHECK(base::to_hex({value->value.sequence->data, static_cast<std::size_t>(value->value.sequence->length)}) ==
          "301a300b060960864801650304012a300b0609608648016503040102");
}

TEST_CASE("the message carries the certificate and its issuers but not the root, and no content")
{
    const Authority authority(test::new_key("P-256"));
    const CmsPtr cms = parse(authority.signed_data(Scheme::ecdsa_secp256r1_sha256));
    STACK_OF(X509)* certificates = CMS_get1_certs(cms.get());
    REQUIRE(sk_X509_num(certificates) == 2);
    for (const auto* expected : {&authority.alice, &authority.issuer}) {
        const bool found = X509_cmp(sk_X509_value(certificates, 0), expected->certificate.get()) == 0 ||
                           X509_cmp(sk_X509_value(certificates, 1), expected->certificate.get()) == 0;
        CHECK(found);
    }
    sk_X509_pop_free(certificates, X509_free);
    CHECK(CMS_is_detached(cms.get()) == 1);
    CHECK(OBJ_obj2nid(CMS_get0_eContentType(cms.get())) == NID_pkcs7_data);
}

TEST_CASE("signing times are UTCTime through 2049 and GeneralizedTime afterwards")
{
    const Authority authority(test::new_key("P-256"));
    const auto [time, type] = GENERATE(table<const char*, int>({{"20261124101200Z", V_ASN1_UTCTIME},
                                                                {"20491231235959Z", V_ASN1_UTCTIME},
                                                                {"20500101000000Z", V_ASN1_GENERALIZEDTIME}}));
    const CmsPtr cms = parse(authority.signed_data(Scheme::ecdsa_secp256r1_sha256, time));
    const CMS_SignerInfo* signer = only_signer(cms.get());
    X509_ATTRIBUTE* attribute =
        CMS_signed_get_attr(signer, CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1));
    const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
    CHECK(ASN1_TYPE_get(value) == type);
    CHECK(time_of(value->value.utctime) == test::moment(time));
}

TEST_CASE("a signature that does not verify never leaves as a mail")
{
    const Authority authority(test::new_key("P-256"));
    const auto scheme = Scheme::ecdsa_secp256r1_sha256;
    Bytes wrong;
    SECTION("of another key")
    {
        wrong = test::sign_digest(test::self_signed({}), scheme, authority.draft(scheme)->digest().bytes());
    }
    SECTION("over something else")
    {
        wrong = test::sign_digest(authority.alice, scheme, Bytes(32));
    }
    SECTION("none") {}
    SECTION("no DER")
    {
        wrong = Bytes(64, 0x30);
    }
    auto draft = authority.draft(scheme);
    CHECK(std::move(*draft).finish(wrong).error().code == base::ErrorCode::internal);
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a draft takes only schemes of the certificate's key and digests of the scheme")
{
    const Authority authority(test::new_key("P-256"));
    const auto now = test::moment("20261124101200Z");
    CHECK(Draft::create(authority.signer(Scheme::rsa_pkcs1_sha256), Bytes(32), now).error().code ==
          base::ErrorCode::unsupported);
    CHECK(Draft::create(authority.signer(Scheme::ecdsa_secp384r1_sha384), Bytes(48), now).error().code ==
          base::ErrorCode::unsupported);
    CHECK(Draft::create(authority.signer(Scheme::ecdsa_secp256r1_sha256), Bytes(20), now).error().parameter ==
          "digest");
    CHECK(Draft::create({{1, 2, 3}, {}, Scheme::ecdsa_secp256r1_sha256}, Bytes(32), now).error().code ==
          base::ErrorCode::bad_message);
}

TEST_CASE("P18: attributes of our own are signed like the others, and other software verifies them")
{
    const Authority authority(test::new_key("P-256"));
    const Signer signer = authority.signer(Scheme::ecdsa_secp256r1_sha256);
    const Bytes digest = base::hash_of(base::Hash::sha256, kContent);
    const OwnAttributes own{.shown_summary = ShownSummary{.version = 1, .hash = Bytes(32, 5)},
                            .journal_head = Bytes(32, 6)};
    const std::vector<Bytes> others{encode_attribute(*own.shown_summary), encode_journal_head(*own.journal_head)};
    auto draft = Draft::create(signer, digest, test::moment("20261124101200Z"), others);
    REQUIRE(draft);
    CHECK(read_signed_attributes(draft->signed_attributes())->own == own);
    const Bytes signature = test::sign_digest(authority.alice, signer.scheme, draft->digest().bytes());
    const Bytes signed_data = std::move(*draft).finish(signature).value();
    CHECK(verifies_elsewhere(signed_data, authority.root));
    const Bytes twice = encode_attribute(ShownSummary{.version = 2, .hash = Bytes(32, 5)});
    for (const Bytes& wrong : {Bytes(), Bytes{0x30, 0x00}, twice})
        CHECK(Draft::create(signer, digest, test::moment("20261124101200Z"), {others.front(), wrong}).error().code ==
              base::ErrorCode::internal);
}
