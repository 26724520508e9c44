#include "mail/cms/certificate.h"
#include "mail/cms/signed_data.h"
#include "mail/mime/sign/signing.h"
#include "tests/support/verdict_matchers.h"

#include <openssl/err.h>

#include <algorithm>

using namespace sceau;
using namespace sceau::test;
using mail::mime::Judgement;

TEST_CASE("a mail that was signed and is unchanged is signed")
{
    const World world;
    const auto verdict = judged(world.signed_mail(), world.trust());
    CHECK(verdict.judgement == Judgement::signed_);
    CHECK(verdict.reasons.empty());
    CHECK(verdict.warnings.empty());
    CHECK(verdict.from == "alice@example.org");
    CHECK(verdict.on_behalf_of.empty());
    REQUIRE(verdict.signer() != nullptr);
    CHECK(verdict.signer()->name == "Alice Example");
    CHECK(verdict.signer()->addresses == std::vector<std::string>{"alice@example.org"});
    CHECK(verdict.signer()->issuer == "Example CA");
    CHECK(verdict.signer()->algorithm == "ec 256, sha256");
    CHECK(verdict.signer()->not_after == moment("20280101000000Z"));
    CHECK(verdict.signer()->key == mail::cms::read_certificate(world.alice.der())->key.hex());
    CHECK(verdict.signer()->claimed_time);
    CHECK(verdict.revocation != mail::cms::Revocation::checked);
    CHECK(verdict.coverage.text);
    CHECK(verdict.coverage.attachments == 0);
    CHECK(verdict.coverage.headers.empty());
    CHECK(sentences(verdict.coverage.not_covered) ==
          std::vector<std::string>{"The header is not signed: To, Subject and Date."});
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

TEST_CASE("what Sceau signs is signed and covered with its header, its text and its attachments")
{
    const World world;
    const auto written = mail::Source::of_bytes(base::as_bytes(
        header("Alice \u00C9xample <alice@example.org>") +
        "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\nVirement \u00E0 faire: 10 \u20AC\r\n--in\r\n"
        "Content-Type: application/pdf; name=ordre.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
        "--in--\r\n"));
    REQUIRE(written);
    const auto prepared = mail::mime::prepare(*written);
    REQUIRE(prepared);
    const mail::cms::Signer signer{
        world.alice.der(), {world.issuer.der(), world.root.der()}, base::Scheme::ecdsa_secp256r1_sha256};
    auto draft = mail::cms::Draft::create(signer, *prepared->digest(base::Hash::sha256), moment("20261124101200Z"));
    REQUIRE(draft);
    const auto signature = sign_digest(world.alice, signer.scheme, draft->digest().bytes());
    const auto signed_data = std::move(*draft).finish(signature);
    REQUIRE(signed_data);
    auto file = mail::temporary_file();
    REQUIRE(file);
    REQUIRE(mail::mime::write_signed(*prepared, base::Hash::sha256, *signed_data, file->value()));
    const auto message = mail::Source::open(std::move(*file));
    REQUIRE(message);
    const auto verdict = mail::mime::judge(*message, world.trust());
    REQUIRE(verdict);
    CHECK(*verdict == Judgement::signed_);
    CHECK(verdict->warnings.empty());
    CHECK(verdict->signer()->claimed_time == moment("20261124101200Z"));
    CHECK(verdict->coverage.not_covered.empty());
    CHECK(verdict->coverage.text);
    CHECK(verdict->coverage.attachments == 1);
    for (const char* name : {"From", "To", "Subject", "Date", "Message-ID"})
        CHECK(std::ranges::count(verdict->coverage.headers, name) == 1);
}
