// Thunderbird, as a person works with it, on each kind of token: an RSA key in SoftHSM, a P-256 key on the card.
#include "tests/e2e/card_desk.h"
#include "tests/e2e/module_desk.h"
#include "tests/support/pcsc_readers.h"
#include "tests/support/run.h"
#include "tests/thunderbird/thunderbird.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

namespace {

const std::string kSubject = "Virement à faire, 48 000 €";
const std::string kText = "Bonjour, l'ordre est ci-joint. Élise";

struct SoftHsmToken {
    ModuleDesk desk;

    void pull() const { std::filesystem::rename(tokens(), away()); }
    void put_back() const { std::filesystem::rename(away(), tokens()); }

  private:
    std::filesystem::path tokens() const { return desk.softhsm.folder() / "tokens"; }
    std::filesystem::path away() const { return desk.softhsm.folder() / "away"; }
};

struct CardToken {
    CardDesk desk{{.key = "p256"}};

    void pull() { desk.card.remove(); }
    void put_back() { desk.card.insert(); }
};

void wait_for_token(const AgentDesk& desk, bool present)
{
    wait_until("the agent has seen it", [&] {
        return desk.sceau({"keys"}).status == 0 &&
               (desk.sceau({"tokens", "--json"}).out.find("serial") != std::string::npos) == present;
    });
}

void verify_with_openssl(const AgentDesk& desk, const std::string& mail)
{
    run({"openssl", "cms", "-verify", "-in", desk.folder.write("sent", mail), "-CAfile", desk.ca, "-purpose",
         "smimesign", "-out", desk.folder.path() / "content"});
}

std::string text_of(const std::vector<std::string>& shown)
{
    std::string all;
    for (const std::string& one : shown)
        all += one + "\n";
    return all;
}

std::vector<std::string> answers(std::size_t times)
{
    return std::vector<std::string>(times, std::string("pin ") + kPin);
}

} // namespace

TEMPLATE_TEST_CASE("Thunderbird signs mails with one PIN each, none of them in Thunderbird", "[whole]", SoftHsmToken,
                   CardToken)
{
    TestType token;
    const AgentDesk& desk = token.desk;
    const Thunderbird thunderbird(desk, ModuleDesk::module_path());
    CHECK_THAT(text_of(thunderbird.modules()), Catch::Contains("\nSceau\n"));
    CHECK_THAT(text_of(thunderbird.choose_certificate()), Catch::Contains(":Alice Example ["));

    const std::vector<Letter> letters = {{.subject = kSubject, .text = kText},
                                         {.subject = "ASCII", .text = "and no more"},
                                         {.subject = kSubject, .text = kText, .attachments = {"ordre n° 1.txt"}}};
    desk.person.will_answer(answers(letters.size()));
    for (const Letter& letter : letters) {
        thunderbird.compose(letter);
        verify_with_openssl(desk, thunderbird.send());
    }
    CHECK(desk.person.times_asked() == letters.size());
    CHECK(text_of(thunderbird.shown()) == "");

    // The PIN refused.
    desk.person.will_answer({"cancel"});
    thunderbird.compose(letters.back());
    CHECK(thunderbird.send() == "");
    CHECK_THAT(text_of(thunderbird.shown()), Catch::Contains("Unable to sign message"));
    const Letter left = thunderbird.composed();
    CHECK(left.subject == kSubject);
    CHECK_THAT(left.text, Catch::Contains(kText));
    CHECK(left.attachments == letters.back().attachments);
    desk.person.will_answer(answers(1));
    verify_with_openssl(desk, thunderbird.send());
    CHECK(text_of(thunderbird.shown()) == "");

    // The token pulled and put back.
    token.pull();
    wait_for_token(desk, false);
    wait_until("Thunderbird has no certificate", [&] { return thunderbird.certificates().empty(); });
    token.put_back();
    wait_for_token(desk, true);
    wait_until("Thunderbird has its certificates back", [&] { return !thunderbird.certificates().empty(); });
    desk.person.will_answer(answers(1));
    thunderbird.compose(letters.front());
    verify_with_openssl(desk, thunderbird.send());
    CHECK(desk.person.times_asked() == letters.size() + 3);
    CHECK(text_of(thunderbird.shown()) == "");
}

TEMPLATE_TEST_CASE("Thunderbird tells a good signature from a bad one", "[whole]", SoftHsmToken, CardToken)
{
    TestType token;
    const AgentDesk& desk = token.desk;
    desk.person.will_answer(answers(1));
    const std::string mail = desk.sceau({"sign"}, mail_from("alice@example.org")).out;
    const Thunderbird thunderbird(desk, ModuleDesk::module_path());

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
