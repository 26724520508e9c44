// Header protection (RFC 9788): which part of the header is signed, and what the header outside says instead.
#include "tests/support/verdict_matchers.h"

using namespace sceau;
using namespace sceau::test;
using mail::mime::Judgement;
using mail::mime::Verdict;

namespace {

const std::string kAlice = "From: Alice <alice@example.org>\r\n";
const std::string kRest = "To: Bob <bob@example.org>\r\nSubject: The bill\r\nMIME-Version: 1.0\r\n";

Verdict judged_with(const World& world, const std::string& outer, const std::string& inner)
{
    return judged(world.signed_by(world.alice, outer, protected_part(inner)), world.trust());
}

} // namespace

TEST_CASE("a protected header is covered and named")
{
    const World world;
    const auto verdict = judged_with(world, kAlice + kRest, kAlice + kRest);
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.coverage.headers == std::vector<std::string>{"From", "To", "Subject"});
    CHECK(verdict.coverage.not_covered.empty());
    CHECK(verdict.coverage.text);
    CHECK(verdict.warnings.empty());
    const auto opaque = world.signed_by(world.alice, kAlice + kRest, protected_part(kAlice + kRest), {.opaque = true});
    CHECK(judged(opaque, world.trust()).coverage.headers == std::vector<std::string>{"From", "To", "Subject"});
}

TEST_CASE("fields that transport adds or folds anew take nothing away")
{
    const World world;
    const auto verdict =
        judged_with(world,
                    "Received: from x by y\r\nList-Id: <x.example>\r\nFrom: \"Alice\"\r\n\t<alice@example.org>\r\n"
                    "To: Bob\r\n <bob@example.org>\r\nSubject: =?utf-8?q?The_bill?=\r\n",
                    kAlice + kRest);
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.coverage.not_covered.empty());
}

TEST_CASE("a Subject or a Date outside that differs from the signed one is warned of, with both values")
{
    const World world;
    const auto subject =
        judged_with(world, kAlice + "To: Bob <bob@example.org>\r\nSubject: Pay 48000 euros\r\n", kAlice + kRest);
    CHECK(subject == Judgement::signed_);
    CHECK(says(subject.warnings, "Subject outside of the signed part is not the one that was signed: "
                                 "\"Pay 48000 euros\" in place of \"The bill\""));
    CHECK(subject.coverage.headers == std::vector<std::string>{"From", "To", "Subject"});
    const std::string date = "Date: Tue, 24 Nov 2026 10:12:00 +0000\r\n";
    const auto added = judged_with(world, date + kAlice + kRest, kAlice + kRest);
    CHECK(added == Judgement::signed_);
    CHECK(says(added.warnings, "Date outside of the signed part is not signed: \"Tue, 24 Nov 2026 10:12:00 +0000\""));
    const auto later = judged_with(world, "Date: 25 Nov 2026 10:12 +0000\r\n" + kAlice + kRest, date + kAlice + kRest);
    CHECK(later == Judgement::signed_);
    CHECK(says(later.warnings, "\"25 Nov 2026 10:12 +0000\" in place of"));
}

TEST_CASE("a header outside that says the same in other words changes nothing")
{
    const World world;
    const std::string inner = "Date: Tue, 24 Nov 2026 11:12:00 +0100\r\n" + kAlice +
                              "To: Bob <bob@example.org>, carol@example.org\r\nSubject: The bill\r\n";
    const auto* const outer =
        GENERATE("Date: Tue, 24 Nov 2026 10:12:00 +0000 (UTC)\r\nTo: carol@example.org, Bob <bob@EXAMPLE.org>\r\n",
                 "Date: 24 Nov 2026 10:12:00 GMT\r\nTo: bob@example.org,\r\n \"carol@example.org\" "
                 "<carol@example.org>\r\n",
                 "Sender: alice@example.org\r\nReply-To: \"Alice\" <ALICE@example.org>\r\nCc:\r\n",
                 "To: undisclosed-recipients:;\r\nCc: ;\r\nSubject: The\r\n  bill\r\n",
                 "To: friends: Bob <bob@example.org>, carol@example.org;\r\nReply-To: (none)\r\n");
    const auto verdict = judged_with(world, kAlice + outer, inner);
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.warnings.empty());
    CHECK(verdict.coverage.not_covered.empty());
}

TEST_CASE("lost recipients and a mailing list's Sender are warned of")
{
    const World world;
    const auto lost =
        judged_with(world, kAlice + "To: bob@example.org\r\n", kAlice + "To: bob@example.org, carol@example.org\r\n");
    CHECK(lost == Judgement::signed_);
    CHECK(says(lost.warnings, "To outside"));
    const auto list = judged_with(world, kAlice + kRest + "Sender: list-bounces@lists.example\r\n", kAlice + kRest);
    CHECK(list == Judgement::signed_);
    CHECK(says(list.warnings, "list-bounces@lists.example"));
}

TEST_CASE("redirected answers and recipients added outside leave the mail partly covered")
{
    const World world;
    const auto* const field = GENERATE("Reply-To: eve@evil.example\r\n", "Cc: audit@example.org\r\n",
                                       "Reply-To: Alice <alice@example.org>, eve@evil.example\r\n");
    const auto verdict = judged_with(world, field + kAlice + kRest, kAlice + kRest);
    CHECK(verdict == Judgement::partly_covered);
    CHECK(says(verdict.coverage.not_covered, "outside of the signed part is not signed"));
    CHECK(verdict.coverage.gaps.only_header());
    const auto renamed = judged_with(world, "From: The Director <alice@example.org>\r\n" + kRest, kAlice + kRest);
    CHECK(renamed == Judgement::partly_covered);
}

TEST_CASE("other recipients outside than inside leave the mail partly covered")
{
    const World world;
    const auto verdict =
        judged_with(world, kAlice + "To: Bob <eve@evil.example>\r\nSubject: The bill\r\n", kAlice + kRest);
    CHECK(verdict == Judgement::partly_covered);
    CHECK(says(verdict.coverage.not_covered, "To outside"));
}

TEST_CASE("a From outside that is not the signer's is not from the signer whatever is protected")
{
    const World world;
    const auto verdict = judged_with(world, "From: ceo@good.example\r\n" + kRest, kAlice + kRest);
    CHECK(verdict == Judgement::not_from_signer);
    CHECK(verdict.from == "alice@example.org");
    CHECK(says(verdict.reasons, "ceo@good.example"));
}

TEST_CASE("a protected From that is not the signer's is not from the signer whatever is outside")
{
    const World world;
    const auto verdict = judged_with(world, kAlice + kRest, "From: ceo@good.example\r\n" + kRest);
    CHECK(verdict == Judgement::not_from_signer);
    CHECK(verdict.from == "ceo@good.example");
}

TEST_CASE("two addresses of the signer inside and outside leave the mail partly covered")
{
    const World world;
    const auto both =
        issue(world.issuer, {.extensions = person_extensions("email:alice@example.org,email:a@example.org")});
    const auto mail = world.signed_by(both, "From: a@example.org\r\n" + kRest, protected_part(kAlice + kRest));
    const auto verdict = judged(mail, world.trust());
    CHECK(verdict == Judgement::partly_covered);
    CHECK(verdict.from == "alice@example.org");
    CHECK(says(verdict.coverage.not_covered, "From outside"));
}

TEST_CASE("a doubled field in a protected header is malformed")
{
    const World world;
    CHECK(judged_with(world, kAlice + kRest, kAlice + "From: ceo@good.example\r\n" + kRest) == Judgement::malformed);
    CHECK(judged_with(world, kAlice + kRest, "Subject: other\r\n" + kAlice + kRest) == Judgement::malformed);
}

TEST_CASE("header protection counts at the root of what is signed only")
{
    const World world;
    const std::string inner = "--in\r\n" + protected_part(kAlice + kRest) + "\r\n--in--\r\n";
    const auto nested =
        world.signed_by(world.alice, kAlice + kRest, "Content-Type: multipart/mixed; boundary=in\r\n\r\n" + inner);
    CHECK(judged(nested, world.trust()).coverage.headers.empty());
    const auto wrapped = kAlice + kRest + "Content-Type: multipart/mixed; boundary=mixed\r\n\r\n--mixed\r\n" +
                         world.signed_by(world.alice, "", protected_part(kAlice + kRest)) + "\r\n--mixed--\r\n";
    const auto verdict = judged(wrapped, world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.coverage.headers.empty());
    // Without the parameter, the fields are ordinary fields of a part (RFC 9788 section 4.1).
    const auto without =
        judged(world.signed_by(world.alice, kAlice + kRest, kAlice + kRest + text_part()), world.trust());
    CHECK(without == Judgement::signed_);
    CHECK(without.coverage.headers.empty());
    CHECK(says(without.coverage.not_covered, "The header is not signed"));
}

TEST_CASE("if a signed part is reused under a new header, that header is not covered")
{
    const World world;
    const auto reused = world.signed_by(world.alice, kAlice + "To: eve@evil.example\r\nSubject: Pay 48000 euros\r\n");
    const auto verdict = judged(reused, world.trust());
    CHECK(sentences(verdict.coverage.not_covered) ==
          std::vector<std::string>{"The header is not signed: To and Subject."});
    const auto with_protection = world.signed_by(
        world.alice, kAlice + "To: eve@evil.example\r\nSubject: Pay 48000 euros\r\n", protected_part(kAlice + kRest));
    CHECK(judged(with_protection, world.trust()) == Judgement::partly_covered);
}

TEST_CASE("a mail that was meant to be encrypted but is not is warned of")
{
    const World world;
    auto part = protected_part(kAlice + kRest);
    part.replace(part.find("\"clear\""), 7, "\"cipher\"");
    const auto verdict = judged(world.signed_by(world.alice, kAlice + kRest, part), world.trust());
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "meant the mail to be encrypted"));
}

TEST_CASE("a protected header whose signature is wrong covers nothing")
{
    const World world;
    auto mail = world.signed_by(world.alice, kAlice + kRest, protected_part(kAlice + kRest));
    mail.replace(mail.rfind("The bill"), 8, "A bill  ");
    const auto verdict = judged(mail, world.trust());
    CHECK(verdict == Judgement::changed);
    CHECK(verdict.coverage.headers.empty());
}

TEST_CASE("a Date more than an hour away from the time of signing is warned of, the protected one where there is one")
{
    const World world; // signs at 10:12 UTC
    const auto dated = [](const std::string& date) {
        return kAlice + kRest + "Date: Tue, 24 Nov 2026 " + date + "\r\n";
    };
    for (const std::string near : {"10:12:00 +0000", "11:12:00 +0000", "09:12:00 +0000", "06:12:00 -0500"})
        CHECK_FALSE(says(judged_with(world, dated(near), dated(near)).warnings, "an hour away"));
    for (const std::string far : {"11:12:01 +0000", "09:11:59 +0000", "10:12:00 -0500"}) {
        const auto verdict = judged_with(world, dated(far), dated(far));
        CHECK(verdict == Judgement::signed_);
        CHECK(says(verdict.warnings, "Date is more than an hour away from the time of signing"));
        CHECK(says(judged_with(world, dated("10:12:00 +0000"), dated(far)).warnings, "an hour away"));
    }
    CHECK_FALSE(says(judged_with(world, kAlice + kRest, kAlice + kRest).warnings, "an hour away"));
}
