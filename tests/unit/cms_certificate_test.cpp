#include "base/display_text.h"
#include "mail/cms/certificate.h"
#include "tests/support/pki.h"

#include <catch2/catch.hpp>
#include <openssl/err.h>

using namespace sceau;
using namespace sceau::mail::cms;
using base::Scheme;
using test::Wanted;

namespace {

CertificateFacts facts_of(Wanted wanted)
{
    const auto facts = read_certificate(test::self_signed(std::move(wanted)).der());
    REQUIRE(facts);
    return *facts;
}

CertificateFacts facts_with(std::vector<std::string> extensions)
{
    return facts_of({.extensions = std::move(extensions)});
}

} // namespace

TEST_CASE("addresses are the same when only the case of the domain or of an ASCII local part differs")
{
    const auto [one, other] = GENERATE(table<std::string, std::string>({
        {"alice@example.org", "alice@EXAMPLE.org"},
        {"Alice.Liddell@example.org", "alice.liddell@example.org"},
        {"alice@bücher.example", "alice@xn--bcher-kva.example"},
        {"alice@BÜCHER.example", "alice@XN--BCHER-KVA.EXAMPLE"},
        {"\"alice\"@example.org", "alice@example.org"},
        {"élise@example.fr", "élise@example.fr"},
        {"al_ice@mail_host.example", "al_ice@mail_host.example"},
    }));
    CHECK(same_address(one, other));
    CHECK(same_address(other, one));
}

TEST_CASE("addresses that another person could own are not the same")
{
    const auto [one, other] = GENERATE(table<std::string, std::string>({
        {"alice@example.org", "alice@example.com"},
        {"alice@example.org", "bob@example.org"},
        {"Élise@example.fr", "élise@example.fr"},          // case beyond ASCII is ignored only in the domain
        {"e\u0301lise@example.fr", "élise@example.fr"},    // compared octet by octet, RFC 9598 section 5
        {"alice@straße.example", "alice@strasse.example"}, // distinct in IDNA2008
        {"alice@exаmple.org", "alice@example.org"},        // a Cyrillic a
        {"", ""},
        {"alice", "alice"},
        {"@example.org", "@example.org"},
        {"alice@", "alice@"},
        {"alice@example.org.", "alice@example.org."},
        {"alice@example..org", "alice@example..org"},
        {"alice@good.example\uFF20evil.example", "alice@good.example\uFF20evil.example"}, // a full-width @
        {"<alice@example.org>", "<alice@example.org>"},
    }));
    CHECK_FALSE(same_address(one, other));
}

TEST_CASE("an address with a NUL inside is not an address")
{
    const std::string cut("alice@example.org\0.evil.example", 31);
    CHECK_FALSE(parse_address(cut));
    CHECK_FALSE(same_address(cut, "alice@example.org"));
    CHECK_FALSE(same_address(cut, cut));
}

TEST_CASE("text that controls a terminal or hides is made plain")
{
    CHECK(base::is_plain("Direction générale, Zoë 東京"));
    CHECK(base::is_plain("می\u200Cخواهم ❤\uFE0F")); // a joiner and a variation selector shape their neighbours
    const auto [text, plain] = GENERATE(table<std::string, std::string>({
        {"a\x1b[31mb", "a\uFFFD[31mb"},
        {"a\nb\rc", "a\uFFFDb\uFFFDc"},
        {"user\u202Egro.elpmaxe", "user\uFFFDgro.elpmaxe"},
        {"a\u200Bb\uFEFFc", "a\uFFFDb\uFFFDc"},
        {"\xC0\xAF", "\uFFFD\uFFFD"},
        {"\x9B"
         "1m",
         "\uFFFD"
         "1m"},
        {"\xE2\x82", "\uFFFD\uFFFD"},
        {"a\u3164b", "a\uFFFDb"}, // drawn as nothing
    }));
    CHECK_FALSE(base::is_plain(text));
    CHECK(base::made_plain(text) == plain);
}

TEST_CASE("a certificate's facts are read")
{
    const auto authority = test::self_signed({.common_name = "Example CA", .extensions = test::authority_extensions()});
    const auto alice = test::issue(authority, {});
    const auto facts = read_certificate(alice.der());
    REQUIRE(facts);
    CHECK(facts->subject == "CN=Alice Example");
    CHECK(facts->subject_name == "Alice Example");
    CHECK(facts->issuer_name == "Example CA");
    CHECK(facts->addresses == std::vector<std::string>{"alice@example.org"});
    CHECK(facts->not_before == test::moment("20260101000000Z"));
    CHECK(facts->not_after == test::moment("20280101000000Z"));
    CHECK(facts->algorithm == "ec");
    CHECK(facts->bits == 256);
    CHECK(facts->schemes == std::vector{Scheme::ecdsa_secp256r1_sha256});
    CHECK(facts->may_sign);
    CHECK_FALSE(facts->may_decrypt);
    CHECK(facts->for_mail);
    CHECK_FALSE(facts->is_authority);
    CHECK(read_certificate(authority.der())->is_authority);
}

TEST_CASE("the addresses of a certificate come from its alternative names and its subject")
{
    const auto facts =
        facts_of({.extensions = {"subjectAltName=email:a@example.org,email:b@example.org,DNS:example.org"},
                  .email_in_subject = "c@example.org"});
    CHECK(facts.addresses == std::vector<std::string>{"a@example.org", "b@example.org", "c@example.org"});
    CHECK(facts_with({test::smtp_utf8_mailbox("élise@example.fr")}).addresses ==
          std::vector<std::string>{"élise@example.fr"});
}

TEST_CASE("an alternative name that is not an address names nobody")
{
    const auto name =
        GENERATE("DNS:alice@example.org", "URI:mailto:alice@example.org", "email:example.org", "email:@example.org",
                 "otherName:1.2.3;UTF8:alice@example.org", "otherName:1.3.6.1.5.5.7.8.9;IA5:alice@example.org");
    CHECK(facts_with({std::string("subjectAltName=") + name}).addresses.empty());
    // An address in ASCII must be an rfc822Name.
    CHECK(facts_with({test::smtp_utf8_mailbox("alice@example.org")}).addresses.empty());
}

TEST_CASE("an rfc822Name with an embedded NUL is not an address of the certificate")
{
    // SEQUENCE { [1] "alice@example.org" NUL ".evil.example" }
    const std::string name("alice@example.org\0.evil.example", 31);
    const std::string hex = base::to_hex(base::as_bytes("\x30\x21\x81\x1f" + name));
    CHECK(facts_with({"subjectAltName=DER:" + hex}).addresses.empty());
}

TEST_CASE("names in a certificate come without terminal escapes")
{
    const auto facts = facts_of({.common_name = "Alice\x1b[2J\u202E"});
    CHECK(facts.subject_name == "Alice\uFFFD[2J\uFFFD");
    CHECK(base::is_plain(facts.subject));
    CHECK(base::is_plain(facts.issuer));
}

TEST_CASE("what a certificate may be used for follows RFC 8550 section 4.4")
{
    const auto everything = facts_with({});
    CHECK((everything.may_sign && everything.may_decrypt && everything.for_mail));
    CHECK(facts_with({"keyUsage=critical,nonRepudiation"}).may_sign);
    CHECK_FALSE(facts_with({"keyUsage=critical,keyEncipherment"}).may_sign);
    CHECK(facts_with({"keyUsage=critical,keyEncipherment"}).may_decrypt);
    CHECK(facts_with({"keyUsage=critical,keyAgreement"}).may_decrypt);
    CHECK(facts_with({"extendedKeyUsage=anyExtendedKeyUsage"}).for_mail);
    CHECK_FALSE(facts_with({"extendedKeyUsage=serverAuth,clientAuth"}).for_mail);
    CHECK(facts_with({"extendedKeyUsage=serverAuth,clientAuth"}).for_login);
    CHECK_FALSE(facts_with({"extendedKeyUsage=emailProtection"}).for_login);
    CHECK_FALSE(facts_with({"keyUsage=critical,DER:0500"}).may_sign); // not a BIT STRING
}

TEST_CASE("an RSA key of up to 3072 bits signs with SHA-256 first and a bigger one with SHA-512")
{
    const auto small = facts_of({.key = test::new_rsa_key(2048)});
    CHECK(small.algorithm == "rsa");
    CHECK(small.bits == 2048);
    CHECK(small.schemes == std::vector{Scheme::rsa_pkcs1_sha256, Scheme::rsa_pkcs1_sha384, Scheme::rsa_pkcs1_sha512,
                                       Scheme::rsa_pss_rsae_sha256, Scheme::rsa_pss_rsae_sha384,
                                       Scheme::rsa_pss_rsae_sha512});
    const auto big = facts_of({.key = test::new_rsa_key(3080)});
    CHECK(big.schemes == std::vector{Scheme::rsa_pkcs1_sha512, Scheme::rsa_pkcs1_sha384, Scheme::rsa_pkcs1_sha256,
                                     Scheme::rsa_pss_rsae_sha512, Scheme::rsa_pss_rsae_sha384,
                                     Scheme::rsa_pss_rsae_sha256});
}

TEST_CASE("keys that are too small or of another kind have no scheme")
{
    CHECK(facts_of({.key = test::new_rsa_key(1000)}).schemes.empty());
    CHECK(facts_of({.key = test::new_key("secp256k1")}).schemes.empty());
    CHECK(facts_of({.key = test::new_key("ED25519")}).schemes.empty());
    CHECK(facts_of({.key = test::new_key("ED25519")}).algorithm == "ed25519");
    CHECK(facts_of({.key = test::new_key("P-384")}).schemes == std::vector{Scheme::ecdsa_secp384r1_sha384});
    CHECK(facts_of({.key = test::new_key("P-521")}).schemes == std::vector{Scheme::ecdsa_secp521r1_sha512});
    // A modulus of 1024 bits is too short for two SHA-512 values.
    const auto schemes = facts_of({.key = test::new_rsa_key(1024)}).schemes;
    CHECK(std::ranges::count(schemes, Scheme::rsa_pss_rsae_sha384) == 1);
    CHECK(std::ranges::count(schemes, Scheme::rsa_pss_rsae_sha512) == 0);
}

TEST_CASE("an expiry date in the year 9999 is not taken for one in the past")
{
    const auto facts = facts_of({.not_after = "99991231235959Z"});
    CHECK(facts.not_after == test::moment("99991231235959Z"));
    CHECK(facts.not_after > test::moment("90000101000000Z"));
}

TEST_CASE("an address in the subject counts in each form that authorities use")
{
    const int form = GENERATE(V_ASN1_IA5STRING, V_ASN1_UTF8STRING, V_ASN1_T61STRING, V_ASN1_BMPSTRING);
    CAPTURE(form);
    const std::string address = "alice@example.org";
    const auto written = [&](const std::string& text) {
        std::string wide;
        for (const char c : text)
            wide += form == V_ASN1_BMPSTRING ? std::string(1, '\0') + c : std::string(1, c);
        return facts_of({.extensions = {}, .email_in_subject = wide, .form_of_email = form}).addresses;
    };
    CHECK(written(address) == std::vector<std::string>{address});
    CHECK(written("alice@example.org\nmallory").empty());
    CHECK(written(std::string("alice@example.org\0.evil", 23)).empty());
    CHECK(written("no address").empty());
    CHECK(written(std::string(250, 'a') + "@example.org").empty());
}

TEST_CASE("bytes that are not exactly one certificate are refused and leave no error behind")
{
    const auto der = test::self_signed({}).der();
    auto longer = der;
    longer.push_back(0);
    const auto text = base::as_bytes("-----BEGIN CERTIFICATE-----");
    const std::vector<base::Bytes> bad = {{},
                                          {0x30},
                                          base::Bytes(der.begin(), der.end() - 1),
                                          longer,
                                          {text.begin(), text.end()},
                                          base::Bytes(70000, 0x30)};
    for (const auto& bytes : bad) {
        CHECK(read_certificate(bytes).error().code == base::ErrorCode::bad_message);
        CHECK(ERR_peek_error() == 0);
    }
}

TEST_CASE("a certificate with any byte changed is read or refused")
{
    const auto der = test::self_signed({}).der();
    for (std::size_t i = 0; i < der.size(); ++i) {
        for (const int bit : {0x01, 0x80}) {
            auto changed = der;
            changed[i] = static_cast<std::uint8_t>(changed[i] ^ bit);
            if (const auto facts = read_certificate(changed)) {
                CHECK(base::is_plain(facts->subject));
                CHECK(base::is_plain(facts->issuer_name));
            }
        }
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a signature is valid only for its own key, scheme and digest")
{
    const auto rsa = test::self_signed({.key = test::new_rsa_key(2048)});
    const auto p256 = test::self_signed({});
    const auto p521 = test::self_signed({.key = test::new_key("P-521")});
    const auto other = test::self_signed({});
    for (const auto* signer : {&rsa, &p256, &p521}) {
        const auto facts = read_certificate(signer->der());
        REQUIRE(facts);
        for (const Scheme scheme : facts->schemes) {
            CAPTURE(base::to_string(scheme));
            auto digest = base::hash_of(base::traits(scheme).hash, base::as_bytes("hello"));
            auto signature = test::sign_digest(*signer, scheme, digest);
            CHECK(verifies(signer->der(), scheme, digest, signature));
            CHECK_FALSE(verifies(other.der(), scheme, digest, signature));
            CHECK_FALSE(verifies(signer->der(), scheme, digest, {}));
            CHECK_FALSE(verifies(signer->der(), scheme, {digest.data(), digest.size() - 1}, signature));
            for (const auto& wrong : base::all_schemes()) {
                if (wrong.scheme != scheme)
                    CHECK_FALSE(verifies(signer->der(), wrong.scheme, digest, signature));
            }
            digest[0] ^= 1;
            CHECK_FALSE(verifies(signer->der(), scheme, digest, signature));
            digest[0] ^= 1;
            signature.back() ^= 1;
            CHECK_FALSE(verifies(signer->der(), scheme, digest, signature));
        }
    }
    CHECK(ERR_peek_error() == 0);
}
