#include "mail/cms/certificate.h"
#include "tests/support/verdict_matchers.h"

#include <openssl/err.h>

using namespace sceau;
using namespace sceau::test;
using mail::Judgement;

TEST_CASE("a mail that was signed and is unchanged is signed")
{
    const World world;
    const auto verdict = judged(world.signed_mail(), world.trust());
    CHECK(verdict.judgement == Judgement::signed_);
    CHECK(verdict.reasons.empty());
    CHECK(verdict.warnings.empty());
    CHECK(verdict.from == "alice@example.org");
    CHECK(verdict.on_behalf_of.empty());
    REQUIRE(verdict.signer);
    CHECK(verdict.signer->name == "Alice Example");
    CHECK(verdict.signer->addresses == std::vector<std::string>{"alice@example.org"});
    CHECK(verdict.signer->issuer == "Example CA");
    CHECK(verdict.signer->algorithm == "ec 256, sha256");
    CHECK(verdict.signer->not_after == moment("20280101000000Z"));
    CHECK(verdict.signer->key == mail::cms::read_certificate(world.alice.der())->key.hex());
    CHECK(verdict.signer->claimed_time);
    CHECK_FALSE(verdict.revocation_checked);
    CHECK(verdict.coverage.text);
    CHECK(verdict.coverage.attachments == 0);
    CHECK(verdict.coverage.headers.empty());
    CHECK(verdict.coverage.not_covered == std::vector<std::string>{"The header is not signed: To, Subject and Date."});
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("every kind of signature that mail programs make is judged")
{
    const World world;
    const auto signed_with = [&](Signing how, mail::cms::EvpPkeyPtr key = nullptr) {
        auto extensions = person_extensions("email:alice@example.org");
        extensions.emplace_back("subjectKeyIdentifier=hash");
        const auto signer = issue(world.issuer, {.extensions = extensions, .key = std::move(key)});
        return judged(world.signed_by(signer, header(), text_part(), std::move(how)), world.trust());
    };
    CHECK(signed_with({.opaque = true}) == Judgement::signed_);
    CHECK(signed_with({.flags = CMS_CADES}) == Judgement::signed_);
    CHECK(signed_with({.flags = CMS_NOATTR}) == Judgement::signed_);
    CHECK(signed_with({.opaque = true, .flags = CMS_NOATTR | CMS_STREAM}) == Judgement::signed_);
    CHECK(signed_with({.flags = CMS_USE_KEYID}) == Judgement::signed_);
    CHECK(signed_with({.hash = EVP_sha384()}, new_key("P-384")) == Judgement::signed_);
    CHECK(signed_with({.hash = EVP_sha512()}, new_key("P-521")) == Judgement::signed_);
    CHECK(signed_with({.hash = EVP_sha512()}, new_rsa_key(2048)) == Judgement::signed_);
    CHECK(signed_with({.flags = CMS_NOATTR}, new_rsa_key(2048)) == Judgement::signed_);
}
