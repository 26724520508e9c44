// Thunderbird reads mails that are encrypted for a key on a token.
#include "tests/thunderbird/thunderbird.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

TEMPLATE_TEST_CASE("Thunderbird opens an encrypted mail with one PIN, and indexes it with no other", "[whole]",
                   OnSoftHsm, OnCard)
{
    const TestType desk(GENERATE(Encryption::rsa, Encryption::ec));
    const auto mail = desk.file("encrypted");
    desk.out_of({"/usr/bin/openssl", "cms", "-encrypt", "-aes256", "-from", "bob@example.org", "-to",
                 "carol@example.org", "-subject", "Confidentiel", "-in",
                 desk.folder.write("text", "Content-Type: text/plain; charset=utf-8\r\n\r\nLe code est 48 000 €.\r\n"),
                 "-out", mail, desk.certificate_of("Carol Example")});
    const Thunderbird thunderbird(desk, "Carol");
    desk.will_sign(5);
    const Opened opened = thunderbird.open(desk.folder.read(mail), "encrypted");
    CHECK(opened.encryption == "Message Is Encrypted");
    CHECK_THAT(opened.text, Catch::Contains("Le code est 48 000 €."));
    thunderbird.wait_until_indexed();
    CHECK(desk.person.times_asked() == 1);
    CHECK(thunderbird.shown().empty());
}
