// Signs every mail of tests/data/mails and sends it through Postfix and Exim in Debian's configuration. Sceau and
// OpenSSL's own program verify what arrives.
#include "tests/support/corpus.h"
#include "tests/support/verdict_matchers.h"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <ranges>

using sceau::mail::mime::Judgement;
using sceau::mail::mime::Verdict;
using namespace sceau::test;
using namespace sceau::tests;

namespace {

struct SignedMail {
    std::string name; // of its file
    std::string payload;
    std::string text;
};

/// One of the ways that session.py knows, by its name.
struct Way {
    std::string name;
    bool (*alters)(const std::string& payload) = nullptr; // returns whether it alters the mail; null if it alters none
    bool appends_text = false;
};

/// Sceau leaves no line that begins this way (see mime_corpus_test.cpp), but it may not alter content that was already
/// signed.
bool brings_a_signed_line_that_mboxes_quote(const std::string& payload)
{
    return payload.find("multipart/signed") != std::string::npos && payload.find("\nFrom ") != std::string::npos;
}

bool has_a_line_over_80(const std::string& payload)
{
    constexpr std::ptrdiff_t kLongest = 80 + 1; // with its CR
    return std::ranges::any_of(payload | std::views::split('\n'),
                               [](const auto& line) { return std::ranges::distance(line) > kLongest; });
}

class SignedCorpus {
  public:
    SignedCorpus()
    {
        std::filesystem::create_directory(folder_ / "signed");
        for (const auto& path : mails_in("mails"))
            mails_.push_back(sign_file(path));
        CHECK(mails_.size() >= 136);
    }

    void send_through(const std::string& server) const
    {
        const std::string as_root = ::geteuid() == 0 ? "" : " --map-root-user --map-auto";
        const auto sent = run("unshare --mount --net --uts --pid --kill-child" + as_root +
                              " /usr/bin/python3 -B " SCEAU_SOURCE_DIR "/tests/relays/session.py " + server +
                              " " MAIL_SERVERS " " + (folder_ / ".").string());
        INFO(sent.output);
        REQUIRE(sent.status == 0);
    }

    void check(const Way& way) const
    {
        std::size_t altered = 0;
        for (const SignedMail& mail : mails_) {
            INFO(way.name << ": " << mail.name);
            const auto arrived = folder_ / "arrived" / way.name / mail.name;
            const bool may_hold = way.alters == nullptr || !way.alters(mail.payload);
            CHECK(openssl_verifies(arrived) == may_hold);
            const Verdict verdict = judged(contents(arrived), trust_);
            if (may_hold) {
                CHECK(verdict == judged(mail.text, trust_).judgement);
                CHECK(says(verdict.warnings, "after the signed part") == way.appends_text);
            } else {
                CHECK(verdict.judgement <= Judgement::changed);
                ++altered;
            }
        }
        CHECK((altered > 0) == (way.alters != nullptr));
    }

  private:
    SignedMail sign_file(const std::filesystem::path& path) const
    {
        INFO(path.filename().string());
        const auto prepared = prepare_file(path);
        REQUIRE(prepared);
        const std::string payload = payload_of(*prepared);
        const auto signature = sign(world_.alice, payload, {.certificates = {world_.issuer.certificate.get()}});
        const auto signed_path = folder_ / "signed" / path.filename();
        write_signed_file(*prepared, {signature.begin(), signature.end()}, signed_path);
        const std::string text = contents(signed_path);
        CHECK(judged(text, trust_).judgement > Judgement::changed);
        return {.name = path.filename(), .payload = payload, .text = text};
    }

    bool openssl_verifies(const std::filesystem::path& mail) const
    {
        const std::string moment = std::to_string(trust_.at->time_since_epoch().count());
        return run("openssl cms -verify -attime " + moment + " -CAfile " + trust_.ca_file->string() + " -in " +
                   mail.string() + " -out /dev/null")
                   .status == 0;
    }

    World world_;
    sceau::mail::cms::TrustOptions trust_ = world_.trust();
    Scratch folder_;
    std::vector<SignedMail> mails_;
};

} // namespace

TEST_CASE(
    "a signed mail holds through Postfix, by SMTP without 8BITMIME, to a Maildir, and to an mbox unless it brings a "
    "line that was signed before and is quoted there",
    "[whole]")
{
    const SignedCorpus corpus;
    corpus.send_through("postfix");
    corpus.check({.name = "smtp"});
    corpus.check({.name = "maildir"});
    corpus.check({.name = "mbox", .alters = brings_a_signed_line_that_mboxes_quote});
    corpus.check({.name = "narrow", .alters = has_a_line_over_80});
}

TEST_CASE(
    "a signed mail holds through Exim, by SMTP without 8BITMIME, with a text appended, to a Maildir, and to an mbox "
    "unless it brings a line that was signed before and is quoted there",
    "[whole]")
{
    const SignedCorpus corpus;
    corpus.send_through("exim");
    corpus.check({.name = "smtp"});
    corpus.check({.name = "footer", .appends_text = true});
    corpus.check({.name = "maildir"});
    corpus.check({.name = "mbox", .alters = brings_a_signed_line_that_mboxes_quote});
}
