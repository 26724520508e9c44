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

/// "Alice Example" in it, once Thunderbird has the certificate.
std::string certificates_of(const Thunderbird& thunderbird)
{
    std::string all;
    for (const std::string& certificate : thunderbird.certificates())
        all += certificate + "\n";
    return all;
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
    thunderbird.choose_certificate("Alice Example");

    const std::vector<Letter> letters = {{.subject = kSubject, .text = kText},
                                         {.subject = "ASCII", .text = "and no more"},
                                         {.subject = kSubject, .text = kText, .attachments = {"ordre n° 1.txt"}}};
    desk.person.will_answer(answers(letters.size()));
    for (const Letter& letter : letters) {
        thunderbird.compose(letter);
        thunderbird.take_picture("thunderbird-compose");
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
    CHECK(certificates_of(thunderbird) == "");
    token.put_back();
    wait_for_token(desk, true);
    desk.person.will_answer(answers(1));
    thunderbird.compose(letters.front());
    verify_with_openssl(desk, thunderbird.send());
    CHECK(desk.person.times_asked() == letters.size() + 3);
    CHECK(text_of(thunderbird.shown()) == "");
}
