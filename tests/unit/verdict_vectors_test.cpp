// Mails that other programs signed, and the test vectors of RFC 9788 (tests/data/verdict/README.md).
#include "mail/cms/certificate.h"
#include "tests/support/verdict_matchers.h"

#include <openssl/pem.h>

using namespace sceau;
using namespace sceau::test;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

const std::filesystem::path kData = std::filesystem::path(SCEAU_SOURCE_DIR) / "tests/data/verdict";

Verdict judged_file(const std::string& name, const char* at = "20261124101200Z")
{
    const auto source = mail::Source::open(kData / name);
    REQUIRE(source);
    auto verdict = mail::mime::judge(*source, {.ca_file = kData / "rfc9216-ca.pem", .crl_files = {}, .at = moment(at)});
    REQUIRE(verdict);
    return *std::move(verdict);
}

} // namespace

TEST_CASE("RFC 9788 C.2.4, a complex message with header protection, is signed and covered whole")
{
    const Verdict verdict = judged_file("rfc9788-c.2.4.eml");
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.warnings.empty());
    CHECK(verdict.from == "alice@smime.example");
    CHECK(verdict.coverage.headers ==
          std::vector<std::string>{"Subject", "Message-ID", "From", "To", "Date", "User-Agent"});
    CHECK(verdict.coverage.text);
    CHECK(verdict.coverage.attachments == 1);
    CHECK(verdict.coverage.not_covered.empty());
    REQUIRE(verdict.signer() != nullptr);
    CHECK(verdict.signer()->name == "Alice Lovelace");
    CHECK(verdict.signer()->algorithm == "rsa 2048, sha256");
    CHECK(verdict.signer()->claimed_time == moment("20210220170702Z"));
}

TEST_CASE("RFC 9788 C.2.5, a message in a message, is signed but its header is not covered")
{
    const Verdict verdict = judged_file("rfc9788-c.2.5.eml");
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.coverage.headers.empty());
    CHECK(verdict.coverage.attachments == 1);
    CHECK(says(verdict.coverage.not_covered, "The header is not signed"));
}

TEST_CASE("RFC 9788 C.2.4 judged before Alice had a certificate was not valid then")
{
    CHECK(judged_file("rfc9788-c.2.4.eml", "20191119000000Z") == Judgement::not_valid_then);
}

TEST_CASE("what OpenSSL, gpgsm and NSS sign is signed")
{
    const auto* const name = GENERATE("by-openssl.eml", "by-openssl-cades-pss.eml", "by-openssl-mail.eml",
                                      "by-openssl-opaque.eml", "by-gpgsm.eml", "by-nss.eml");
    CAPTURE(name);
    const Verdict verdict = judged_file(name);
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.reasons.empty());
    REQUIRE(verdict.signer() != nullptr);
    CHECK(verdict.signer()->addresses == std::vector<std::string>{"alice@smime.example"});
    CHECK(verdict.coverage.text);
}

TEST_CASE("the Ed25519 certificate of RFC 9216 is read and has no scheme for mail")
{
    const auto source = mail::Source::open(kData / "rfc9216-carlos.pem");
    REQUIRE(source);
    std::string pem(source->size(), '\0');
    REQUIRE(source->read_at(0, {reinterpret_cast<std::uint8_t*>(pem.data()), pem.size()}));
    const mail::cms::BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const mail::cms::X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    const auto facts = mail::cms::read_certificate(mail::cms::to_der(certificate.get()));
    REQUIRE(facts);
    CHECK(facts->algorithm == "ed25519");
    CHECK(facts->schemes.empty());
    CHECK(facts->addresses == std::vector<std::string>{"carlos@smime.example"});
    CHECK(facts->may_sign);
    CHECK(facts->for_mail);
}
