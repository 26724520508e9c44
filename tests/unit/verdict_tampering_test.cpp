// What transport may do to a signed mail, and what nobody may do.
#include "mail/cms/address.h"
#include "mail/cms/content_removal.h"
#include "mail/mime/parse/decoding.h"
#include "mail/mime/parse/entity.h"
#include "tests/support/verdict_matchers.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;
using mail::mime::Judgement;

namespace {

/// Returns the signed content that a mail program would show, with LF.
std::string content_of(const std::string& message)
{
    const auto source = mail::Source::of_bytes(base::as_bytes(message));
    const auto parsed = mail::mime::parse(*source);
    REQUIRE(parsed);
    const mail::mime::Entity& root = parsed->root;
    if (!root.children.empty())
        return with_lf(*mail::mime::read_text(*source, root.children.front().range));
    const auto cms = mail::mime::decoded_body(*source, root);
    REQUIRE(cms);
    const auto separated = mail::cms::remove_content(*cms);
    REQUIRE(separated);
    REQUIRE(separated->content);
    return with_lf(*mail::mime::read_text(*separated->content, {.begin = 0, .end = separated->content->size()}));
}

/// Checks that a mail with one byte altered is never judged signed unless its signed content and author are unchanged.
void check_each_byte(const std::string& mail, const mail::cms::TrustOptions& trust)
{
    const auto verdict = judged(mail, trust);
    REQUIRE(verdict == Judgement::signed_);
    const std::string content = content_of(mail);
    for (std::size_t i = 0; i < mail.size(); ++i) {
        std::string altered = mail;
        altered[i] = static_cast<char>(static_cast<unsigned char>(altered[i]) ^ (1U << i % 8));
        const auto other = judged(altered, trust);
        if (other != Judgement::signed_)
            continue;
        CAPTURE(i, altered.substr(i > 20 ? i - 20 : 0, 40));
        CHECK(verdict.signer()->key == other.signer()->key);
        CHECK(mail::cms::same_address(other.from, verdict.from));
        CHECK(content_of(altered) == content);
    }
}

#ifndef SCEAU_SANITIZED
/// Returns the peak of this process's bytes in memory since the last reset.
std::size_t peak_memory(bool reset)
{
    if (reset)
        std::ofstream("/proc/self/clear_refs") << "5";
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:"))
            return std::stoul(line.substr(6)) * 1024;
    }
    return 0;
}
#endif

} // namespace

TEST_CASE("a signed mail stays signed with the line ends of a mail store")
{
    const World world;
    const auto mail = world.signed_mail();
    CHECK(judged(with_lf(mail), world.trust()) == Judgement::signed_);
    CHECK(judged(with_lf(world.signed_mail(text_part(), {.opaque = true})), world.trust()) == Judgement::signed_);
    // Some lines have a CR and some do not.
    auto mixed = mail;
    mixed.erase(mixed.find("\r\n", mixed.find("Content-Type: text/plain")), 1);
    CHECK(judged(mixed, world.trust()) == Judgement::signed_);
}

TEST_CASE("a line of an mbox above the mail changes nothing")
{
    const World world;
    const auto mail = "From alice@example.org Tue Nov 24 10:12:00 2026\n" + with_lf(world.signed_mail());
    CHECK(judged(mail, world.trust()) == Judgement::signed_);
}

TEST_CASE("the mail is judged the same when it comes in any order of its MIME header fields")
{
    const World world;
    auto mail = world.signed_mail();
    mail = "X-Spam: no\r\nReceived: from a by b;\r\n\tnow\r\n" + mail;
    CHECK(judged(mail, world.trust()) == Judgement::signed_);
}

TEST_CASE("text that was changed, added or cut off in the signed part is changed")
{
    const World world;
    const auto mail = world.signed_mail();
    const auto replaced = [&](const std::string& what, const std::string& by) {
        auto text = mail;
        text.replace(text.find(what), what.size(), by);
        return judged(text, world.trust());
    };
    CHECK(replaced("10 euros", "11 euros") == Judgement::changed);
    CHECK(replaced("10 euros", "10  euros") == Judgement::changed);
    CHECK(replaced("euros.\r\n", "euros.\r\n\r\n") == Judgement::changed);
    CHECK(replaced("euros.\r\n", "euros. \r\n") == Judgement::changed);
    CHECK(replaced("euros.\r\n", "euros.") == Judgement::changed);
    CHECK(replaced("charset=us-ascii", "charset=utf-8") == Judgement::changed);
    CHECK(replaced("Content-Type: text/plain", "Content-type: text/plain") == Judgement::changed);
    CHECK(replaced("Content-Type: text/plain", "X-Added: x\r\nContent-Type: text/plain") == Judgement::changed);
}

TEST_CASE("no byte of a detached mail can be altered so that another content is signed")
{
    const World world;
    check_each_byte(with_lf(world.signed_mail(text_part("Pay 10."), {.flags = CMS_NOSMIMECAP})), world.trust());
}

TEST_CASE("no byte of an opaque mail can be altered so that another content is signed")
{
    const World world;
    check_each_byte(with_lf(world.signed_mail(text_part("Pay 10."), {.opaque = true, .flags = CMS_NOSMIMECAP})),
                    world.trust());
}

TEST_CASE("no byte of a mail with a protected header can be altered so that another content is signed")
{
    const World world;
    const auto payload = protected_part("From: alice@example.org\r\nSubject: The bill\r\n", "Pay 10.");
    const auto mail = world.signed_by(world.alice, "From: alice@example.org\r\nSubject: The bill\r\n", payload,
                                      {.flags = CMS_NOSMIMECAP | CMS_NOATTR});
    check_each_byte(with_lf(mail), world.trust());
}

TEST_CASE("no byte of a CMS structure can be altered so that another signer is shown")
{
    const World world;
    const auto payload = text_part();
    Signing how;
    how.certificates = {world.issuer.certificate.get(), world.eve.certificate.get()};
    const Bytes cms = sign(world.alice, payload, how);
    const auto trust = world.trust();
    const auto key = judged(multipart_signed(header(), payload, cms), trust).signer()->key;
    for (std::size_t i = 0; i < cms.size(); ++i) {
        Bytes altered = cms;
        altered[i] = static_cast<std::uint8_t>(altered[i] ^ (1U << i % 8));
        const auto verdict = judged(multipart_signed(header(), payload, altered), trust);
        if (verdict == Judgement::signed_)
            CHECK(verdict.signer()->key == key);
    }
}

#ifndef SCEAU_SANITIZED // the sanitizers' own memory would count
TEST_CASE("memory does not grow with an attachment")
{
    const World world;
    std::string payload = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    constexpr std::size_t kSize = 24U << 20U;
    const std::string line(76, 'A');
    while (payload.size() < kSize)
        payload += line + "\r\n";
    const bool opaque = GENERATE(false, true);
    const auto path = world.folder.write("mail.eml", world.signed_mail(payload, {.opaque = opaque}));
    payload = std::string();
    const auto source = mail::Source::open(path);
    REQUIRE(source);
    const std::size_t before = peak_memory(true);
    const auto verdict = mail::mime::judge(*source, world.trust());
    REQUIRE(verdict);
    CHECK(*verdict == Judgement::signed_);
    CHECK(verdict->coverage.attachments == 1);
    CHECK(peak_memory(false) - before < kSize / 4);
}
#endif
