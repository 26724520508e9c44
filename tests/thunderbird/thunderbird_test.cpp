// Thunderbird as a person uses it.
#include "tests/support/run.h"
#include "tests/thunderbird/thunderbird.h"
#include "tests/thunderbird/token_at_desk.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

namespace {

const std::string kSubject = "Virement à faire, 48 000 €";
const std::string kText = "Bonjour, l'ordre est ci-joint. Élise";
const Letter kLetter = {.subject = kSubject, .text = kText, .attachments = {"ordre n° 1.txt"}};

std::string text_of(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

/// Sends with one PIN and without a dialog of Thunderbird's.
void send_and_verify(const ModuleDesk& desk, const Thunderbird& thunderbird)
{
    const std::size_t asked = desk.person.times_asked();
    desk.will_sign(5);
    const std::string mail = thunderbird.send();
    CHECK(text_of(thunderbird.shown()) == "");
    CHECK(desk.person.times_asked() == asked + 1);
    run({"openssl", "cms", "-verify", "-in", desk.folder.write("sent", mail), "-CAfile", desk.ca, "-purpose",
         "smimesign", "-out", desk.folder.path() / "content"});
}

/// Checks that nothing is lost.
void refuse_and_send_again(const ModuleDesk& desk, const Thunderbird& thunderbird)
{
    desk.person.will_answer({"cancel"});
    thunderbird.compose(kLetter);
    CHECK(thunderbird.send() == "");
    CHECK_THAT(text_of(thunderbird.shown()), Catch::Contains("Unable to sign message"));
    const Letter left = thunderbird.composed();
    CHECK(left.subject == kLetter.subject);
    CHECK_THAT(left.text, Catch::Contains(kLetter.text));
    CHECK(left.attachments == kLetter.attachments);
    send_and_verify(desk, thunderbird);
}

/// Checks that nothing is sent unsigned, and that the returned token works without a restart.
template <class Desk>
void send_without_token_and_again(const Desk& desk, const Thunderbird& thunderbird)
{
    desk.pull();
    wait_for_token(desk, false);
    wait_until("Thunderbird has no certificate", [&] { return thunderbird.certificates().empty(); });
    thunderbird.compose(kLetter);
    CHECK(thunderbird.send() == "");
    CHECK_THAT(text_of(thunderbird.shown()), Catch::Contains("cannot be digitally signed"));
    desk.put_back();
    wait_for_token(desk, true);
    wait_until("Thunderbird has its certificates back", [&] { return !thunderbird.certificates().empty(); });
    send_and_verify(desk, thunderbird);
}

} // namespace

TEMPLATE_TEST_CASE("Thunderbird signs mails with one PIN each, none of them in Thunderbird", "[whole]", SoftHsmToken,
                   CardToken)
{
    const TestType desk;
    const Thunderbird thunderbird(desk, TestType::kPerson);
    CHECK_THAT(text_of(thunderbird.modules()), Catch::Contains("\nSceau\n"));
    CHECK_THAT(text_of(thunderbird.choose_certificate()),
               Catch::Contains(":" + std::string(TestType::kPerson) + " Example ["));
    for (const Letter& letter :
         {kLetter, Letter{.subject = kSubject, .text = kText}, Letter{.subject = "ASCII", .text = "and no more"}}) {
        thunderbird.compose(letter);
        send_and_verify(desk, thunderbird);
    }
    refuse_and_send_again(desk, thunderbird);
    send_without_token_and_again(desk, thunderbird);
}

TEST_CASE("Thunderbird, which trusts the root alone, signs with a card whose issuer it knows from Sceau", "[whole]")
{
    const OnCardOfIntermediate desk;
    const Thunderbird thunderbird(desk);
    CHECK_THAT(text_of(thunderbird.choose_certificate()), Catch::Contains(":Alice Example ["));
    thunderbird.compose(kLetter);
    send_and_verify(desk, thunderbird);
}

TEMPLATE_TEST_CASE("Thunderbird tells a good signature from a bad one", "[whole]", OnSoftHsm, OnCard)
{
    const TestType desk;
    desk.will_sign(1);
    const std::string mail = desk.out_of(desk.sceau({"sign"}), mail_from("alice@example.org"));
    const Thunderbird thunderbird(desk);

    const Opened good = thunderbird.open(mail, "signed");
    CHECK(good.icon == "message-signed-ok.svg");
    CHECK(good.signature == "Message Is Signed");
    CHECK_THAT(good.text, Catch::Contains("48 000 €"));

    std::string tampered = mail;
    const std::string attachment = "JVBERi0xLjQK";
    tampered.replace(tampered.find(attachment), attachment.size(), "JVBERi0xLjUK");
    const Opened bad = thunderbird.open(tampered, "altered");
    CHECK(bad.icon == "");
    CHECK(bad.signature == "Digital Signature Is Not Valid");
    CHECK_THAT(bad.why, Catch::Contains("altered"));

    CHECK(desk.person.times_asked() == 1);
    CHECK(text_of(thunderbird.shown()) == "");
}

TEST_CASE("Thunderbird starts, lists and chooses certificates without a word to the card", "[whole]")
{
    const OnCard desk;
    desk.desk.card.clear_log();
    const Thunderbird thunderbird(desk);
    CHECK_THAT(text_of(thunderbird.certificates()), Catch::Contains("Alice Example"));
    thunderbird.modules();
    thunderbird.choose_certificate();
    CHECK(count_apdus(desk.desk.card.log()) == 0);
    CHECK(desk.person.times_asked() == 0);
}
