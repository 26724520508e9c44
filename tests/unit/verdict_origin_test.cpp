// Whom a signed mail seems to be from. Eve has a valid certificate of her own throughout. The names in brackets are
// those of the attack classes in Müller et al., "Johnny, you are fired!", USENIX Security 2019.
#include "base/display_text.h"
#include "tests/support/verdict_matchers.h"

using namespace sceau;
using namespace sceau::test;
using mail::mime::Judgement;

namespace {

/// Has a header of the sender's choice, and is signed by Alice unless another signer is given.
mail::mime::Verdict with_header(const World& world, const std::string& fields, const Identity* signer = nullptr)
{
    const std::string header = fields + "To: bob@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n";
    return judged(world.signed_by(signer != nullptr ? *signer : world.alice, header), world.trust());
}

} // namespace

TEST_CASE("a forged From is not from the signer")
{
    const World world;
    const auto verdict = with_header(world, "From: ceo@good.example\r\n", &world.eve); // [I1]
    CHECK(verdict == Judgement::not_from_signer);
    CHECK(verdict.from == "ceo@good.example");
    REQUIRE(verdict.signer() != nullptr);
    CHECK(verdict.signer()->addresses == std::vector<std::string>{"eve@evil.example"});
}

TEST_CASE("From matches the certificate without regard to case")
{
    const World world;
    CHECK(with_header(world, "From: ALICE@Example.ORG\r\n") == Judgement::signed_);
    CHECK(with_header(world, "From: \"Example, Alice\" <alice@example.org>\r\n") == Judgement::signed_);
    CHECK(with_header(world, "From: alice@example.org <alice@example.org>\r\n") == Judgement::signed_);
    CHECK(with_header(world, "From: =?utf-8?q?Alice_=C3=89?= <alice@example.org>\r\n") == Judgement::signed_);
    CHECK(with_header(world, "From: Alice\r\n <alice@example.org>\r\n") == Judgement::signed_);
    CHECK(with_header(world, "From: Alice\r\n\t<alice@example.org>\r\n").warnings.empty());
}

TEST_CASE("a doubled From is malformed whichever of the two is the signer")
{
    const World world;
    CHECK(with_header(world, "From: alice@example.org\r\nFrom: ceo@good.example\r\n") == Judgement::malformed); // [I3]
    CHECK(with_header(world, "From: ceo@good.example\r\nFROM : alice@example.org\r\n") == Judgement::malformed);
    CHECK(with_header(world, "From: alice@example.org\r\nFrom: alice@example.org\r\n") == Judgement::malformed);
}

TEST_CASE("a From with several mailboxes needs all of them in the certificate")
{
    const World world;
    const auto* const from = GENERATE("From: alice@example.org, ceo@good.example\r\n", // [I3]
                                      "From: ceo@good.example, alice@example.org\r\n",
                                      "From: Board: alice@example.org, ceo@good.example;\r\n");
    CHECK(with_header(world, from) == Judgement::not_from_signer);

    const auto both =
        issue(world.issuer, {.extensions = person_extensions("email:alice@example.org,email:a@example.org")});
    const auto verdict = with_header(world, "From: alice@example.org, a@example.org\r\n", &both);
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.from == "alice@example.org, a@example.org");
}

TEST_CASE("a From without an address is from nobody")
{
    const World world;
    const auto* const from = GENERATE("", "From:\r\n", "From: Alice Example\r\n", "From: <>\r\n",
                                      "From: undisclosed:;\r\n"); // [I2: empty, nonexistent, only a name]
    const auto verdict = with_header(world, from);
    CHECK(verdict == Judgement::not_from_signer);
    CHECK(says(verdict.reasons, "does not say who it is from"));
    CHECK(with_header(world, std::string(from) + "Sender: alice@example.org\r\n") == Judgement::not_from_signer);
}

TEST_CASE("a display name that looks like an address is warned of and decides nothing")
{
    const World world;
    const auto* const name =
        GENERATE("\"ceo@good.example\"",
                 "=?utf-8?q?ceo=40good.example?=", "=?utf-8?b?Y2VvQGdvb2QuZXhhbXBsZQ==?=", "\"ceo\uFF20good.example\"",
                 "\"CEO <ceo@good.example>\"", "(ceo@good.example)"); // [I2]
    const std::string from = std::string("From: ") + name + " <eve@evil.example>\r\n";
    const auto verdict = with_header(world, from, &world.eve);
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.from == "eve@evil.example");
    CHECK(says(verdict.warnings, "looks like an address"));
}

TEST_CASE("the signer's address as the display name of another does not make the mail the signer's")
{
    const World world;
    CHECK(with_header(world, "From: \"alice@example.org\" <eve@evil.example>\r\n") == Judgement::not_from_signer);
    CHECK(with_header(world, "From: \"Alice <alice@example.org>\" <eve@evil.example>\r\n") ==
          Judgement::not_from_signer);
}

TEST_CASE("addresses that programs read in different ways are malformed")
{
    const World world;
    const auto* const from = GENERATE("ceo@good.example <eve@evil.example>", "eve@evil.example; ceo@good.example",
                                      "<@good.example:eve@evil.example>", "ceo@good.example@evil.example");
    CHECK(with_header(world, std::string("From: ") + from + "\r\n", &world.eve) == Judgement::malformed);
}

TEST_CASE("characters that hide or turn the text round are taken out of what is shown")
{
    const World world;
    const auto verdict =
        with_header(world, "From: \"\u202Eelpmaxe.doog@oec\u202C\" <eve@evil.example>\r\n", &world.eve);
    CHECK(verdict == Judgement::signed_);
    CHECK(says(verdict.warnings, "hide or steer"));
    const auto escape = with_header(world, "From: Eve <e\x1b[2Jve@evil.example>\r\n", &world.eve);
    CHECK(escape != Judgement::signed_);
    for (const auto& sentence : sentences(escape.reasons))
        CHECK(base::is_plain(sentence));
    CHECK(base::is_plain(escape.from));
}

TEST_CASE("an address with similar letters of another alphabet is warned of")
{
    const World world;
    const auto eve = issue(world.issuer, {.extensions = person_extensions("email:ceo@xn--gd-wmcb.example")});
    const auto verdict = with_header(world, "From: ceo@g\u043E\u043Ed.example\r\n", &eve); // two Cyrillic o
    CHECK(says(verdict.warnings, "similar letters"));
    CHECK(with_header(world, "From: ceo@good.example\r\n", &eve) == Judgement::not_from_signer);
}

TEST_CASE("internationalized addresses match as RFC 9598 specifies")
{
    const World world;
    const auto domain = issue(world.issuer, {.extensions = person_extensions("email:alice@xn--bcher-kva.example")});
    CHECK(with_header(world, "From: alice@b\u00FCcher.example\r\n", &domain) == Judgement::signed_);
    CHECK(with_header(world, "From: alice@xn--bcher-kva.example\r\n", &domain) == Judgement::signed_);
    auto extensions = person_extensions("email:unused@example.org");
    extensions[0] = smtp_utf8_mailbox("\u00E9lise@example.fr");
    const auto local = issue(world.issuer, {.extensions = extensions});
    CHECK(with_header(world, "From: \u00E9lise@example.fr\r\n", &local) == Judgement::signed_);
    CHECK(with_header(world, "From: elise@example.fr\r\n", &local) == Judgement::not_from_signer);
}

TEST_CASE("when only Sender is the signer's the mail is signed on behalf of From and says so")
{
    const World world;
    const auto verdict = with_header(world, "From: ceo@EXAMPLE.org\r\nSender: alice@example.org\r\n");
    CHECK(verdict == Judgement::signed_);
    CHECK(verdict.on_behalf_of == "ceo@EXAMPLE.org");
    CHECK(says(verdict.warnings, "Not signed by ceo@EXAMPLE.org, but by alice@example.org"));

    const auto plain = with_header(world, "From: alice@example.org\r\nSender: ceo@good.example\r\n");
    CHECK(plain == Judgement::signed_);
    CHECK(plain.on_behalf_of.empty());
}

TEST_CASE("a Sender of another domain who signs alone does not sign for From")
{
    const World world;
    const auto* const from = GENERATE("ceo@good.example", "ceo@mail.example.org", "a@example.org, ceo@good.example");
    const auto verdict = with_header(world, std::string("From: ") + from + "\r\nSender: alice@example.org\r\n"); // [I3]
    CHECK(verdict == Judgement::signed_by_sender);
    CHECK(verdict.on_behalf_of == from);
    CHECK(says(verdict.reasons, "Not signed by"));
}

TEST_CASE("a Sender that is doubled or has several mailboxes is malformed")
{
    const World world;
    const std::string from = "From: ceo@good.example\r\n";
    CHECK(with_header(world, from + "Sender: alice@example.org\r\nSender: ceo@good.example\r\n") ==
          Judgement::malformed);
    CHECK(with_header(world, from + "Sender: alice@example.org, ceo@good.example\r\n") == Judgement::malformed);
    CHECK(with_header(world, from + "Sender: eve@evil.example\r\n") == Judgement::not_from_signer);
}

TEST_CASE("a certificate without an address vouches for no From")
{
    const World world;
    const auto nameless = issue(world.issuer, {.extensions = {"keyUsage=critical,digitalSignature"}});
    CHECK(with_header(world, "From: alice@example.org\r\n", &nameless) == Judgement::not_from_signer);
    const auto in_subject = issue(world.issuer, {.extensions = {}, .email_in_subject = "alice@example.org"});
    CHECK(with_header(world, "From: alice@example.org\r\n", &in_subject) == Judgement::signed_);
}
