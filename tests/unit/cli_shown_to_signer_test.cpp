// What a signature says that its signer was shown, held against the mail with the real sceau-preview.
#include "base/sealed_memory.h"
#include "clients/cli/shown_to_signer.h"
#include "mail/cms/certificate.h"
#include "mail/cms/signed_data.h"
#include "mail/mime/sign/signing.h"
#include "preview/preview.h"
#include "preview/summary_hash.h"
#include "tests/support/pki.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace sceau;
using namespace sceau::cli;
using mail::cms::ShownSummary;

namespace {

const Moment kSigned = test::moment("20261124101200Z");

class SignedMail {
  public:
    /// What the signer is shown; its hash is what a right signature says.
    preview::Summary summary() const
    {
        const auto file = base::SealedMemory::copy_of(prepared.payload.fd(), prepared.payload.size());
        return preview::see(file->fd(), base::Hash::sha256, std::chrono::seconds(30)).value().summary;
    }

    /// Signs the mail; the signature says this.
    void sign(const std::optional<ShownSummary>& said)
    {
        std::vector<base::Bytes> others;
        if (said)
            others.push_back(encode_attribute(*said));
        const mail::cms::Signer signer{alice.der(), {}, mail::cms::read_certificate(alice.der())->schemes.front()};
        const auto hash = base::traits(signer.scheme).hash;
        auto draft = mail::cms::Draft::create(signer, *prepared.digest(hash), kSigned, others);
        REQUIRE(draft);
        const auto signature = test::sign_digest(alice, signer.scheme, draft->digest().bytes());
        auto file = mail::temporary_file().value();
        REQUIRE(mail::mime::write_signed(prepared, hash, std::move(*draft).finish(signature).value(), file.value()));
        message.emplace(mail::Source::open(std::move(file)).value());
    }

    ShownToSigner compared()
    {
        verdict = mail::mime::judge(*message, trust).value();
        return shown_to_signer(*message, trust, verdict).value();
    }

    bool warns() const
    {
        return std::ranges::find(verdict.warnings, mail::Found::shown_differs, &mail::Finding::what) !=
               verdict.warnings.end();
    }

    test::Identity alice = test::self_signed(
        {.extensions = test::person_extensions("email:alice@example.org"), .not_before = "20260101000000Z"});
    test::TemporaryFolder folder;
    mail::mime::Prepared prepared =
        mail::mime::prepare(*mail::Source::of_bytes(base::as_bytes(
                                "From: alice@example.org\r\nTo: bob@example.org\r\nSubject: Invoice\r\n"
                                "Date: Tue, 24 Nov 2026 10:12:00 +0000\r\n\r\nPlease pay 48 000 EUR.\r\n")))
            .value();
    mail::cms::TrustOptions trust = [this] {
        mail::cms::TrustOptions options;
        options.ca_file = folder.write("ca", test::to_pem(alice.certificate.get()));
        options.at = kSigned;
        return options;
    }();
    std::optional<mail::Source> message;
    mail::mime::Verdict verdict;
};

} // namespace

TEST_CASE("P18: what the signature says was shown is what the mail shows here")
{
    SignedMail mail;
    mail.sign(ShownSummary{.version = preview::kSummaryVersion, .hash = preview::summary_hash(mail.summary())});
    const ShownToSigner shown = mail.compared();
    CHECK(shown.comparison == Comparison::same);
    CHECK(shown.summary == mail.summary());
    CHECK(text_of(shown, {}) ==
          "shown to the signer before signing, as it claims: From, To, Subject, Date and the text");
    CHECK_FALSE(mail.warns());
    CHECK(mail.verdict.judgement == mail::mime::Judgement::signed_);
}

TEST_CASE("P18: a signature that says something else was shown is good, with a warning")
{
    SignedMail mail;
    preview::Summary other = mail.summary();
    other.texts.front().lines.front().text = "Please pay 48 EUR.";
    mail.sign(ShownSummary{.version = preview::kSummaryVersion, .hash = preview::summary_hash(other)});
    CHECK(mail.compared().comparison == Comparison::different);
    CHECK(mail.warns());
    CHECK(mail.verdict.judgement == mail::mime::Judgement::signed_);
}

TEST_CASE("P18: what another version says was shown is never called wrong")
{
    SignedMail mail;
    mail.sign(ShownSummary{.version = preview::kSummaryVersion + 1,
                           .hash = GENERATE(base::Bytes(), base::Bytes(32), base::Bytes(64))});
    CHECK(mail.compared().comparison == Comparison::other_version);
    CHECK_FALSE(mail.warns());
}

TEST_CASE("a signature that is not good, or says nothing, is not compared")
{
    SignedMail mail;
    SECTION("it says nothing")
    {
        mail.sign(std::nullopt);
    }
    SECTION("nobody vouches for the signer")
    {
        mail.sign(ShownSummary{.version = preview::kSummaryVersion, .hash = base::Bytes(32)});
        mail.trust.ca_file.reset();
    }
    CHECK(mail.compared().comparison == Comparison::not_said);
    CHECK_FALSE(mail.warns());
}
