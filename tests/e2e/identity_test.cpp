// What changes on a token while it stays plugged in, and what a token holds besides its keys, with the real programs.
#include "tests/e2e/card_desk.h"
#include "tests/e2e/desk.h"
#include "tests/support/pcsc_readers.h"

#include <catch2/catch.hpp>

#include <csignal>

using namespace sceau;
using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

fs::path cache_of(const AgentDesk& desk)
{
    for (const auto& entry : fs::directory_iterator(desk.session.path()))
        if (entry.path().filename().string().starts_with("sceau-certificates-"))
            return entry.path();
    return {};
}

} // namespace

TEST_CASE("a certificate that was renewed for the same key on a card in its reader signs, and is listed")
{
    CardDesk desk;
    desk.card.renew(PivSlot::signature,
                    {.key = "rsa2048", .name = "Alice Renewed", .addresses = {"alice@example.org"}});
    CHECK_THAT(desk.sceau({"keys"}).out, Catch::Contains("Alice Renewed"));
    desk.person.will_answer({"pin 123456"});
    const Ended signed_mail = desk.sign();
    INFO(signed_mail.err);
    REQUIRE(signed_mail.status == 0);
    CHECK_NOTHROW(desk.verify_with_openssl(signed_mail.out));
}

TEST_CASE("a card that got a new key in its reader signs with it after one try that fails, without being pulled out")
{
    CardDesk desk;
    desk.card.renew(PivSlot::signature,
                    {.key = "rsa2048b", .name = "Alice Renewed", .addresses = {"alice@example.org"}});
    desk.person.will_answer({"pin 123456", "pin 123456"});
    const Ended signed_mail = desk.sign();
    INFO(signed_mail.err);
    REQUIRE(signed_mail.status == 0);
    CHECK_NOTHROW(desk.verify_with_openssl(signed_mail.out));
    CHECK(desk.card.pin_tries_left() == 3);
}

TEST_CASE("an expired certificate that was renewed on a card in its reader is no reason not to sign")
{
    const CertificateProfile expired{.key = "rsa2048",
                                     .name = "Alice",
                                     .addresses = {"alice@example.org"},
                                     .not_before_days = -9,
                                     .not_after_days = -1};
    CardDesk desk({.keys = {{PivSlot::signature, expired}}});
    desk.card.renew(PivSlot::signature, {.key = "rsa2048", .name = "Alice", .addresses = {"alice@example.org"}});
    desk.person.will_answer({"pin 123456"});
    CHECK(desk.sign().status == 0);
}

TEST_CASE("a newer certificate without its key costs one PIN, then the older one signs, and the newer is named as such")
{
    Desk desk;
    desk.softhsm.add_certificate(
        "Direction 2026",
        issue_certificate(
            {.key = "p384", .name = "Alice Newer", .addresses = {"alice@example.org"}, .not_before_days = 0}),
        base::Bytes{0x55});
    desk.person.will_answer({"pin 123456", "pin 123456", "pin 123456"});
    const Ended first = desk.sceau({"sign"}, mail_from("alice@example.org"));
    INFO(first.err);
    CHECK(first.status == 0);
    CHECK(desk.person.times_asked() == 2);
    CHECK(desk.sceau({"sign"}, mail_from("alice@example.org")).status == 0);
    CHECK(desk.person.times_asked() == 3);
    CHECK_THAT(desk.sceau({"keys"}).out, Catch::Contains("the token has this certificate, but not its key"));
}

TEST_CASE("a key without a certificate is listed by its label and signs a digest")
{
    Desk desk;
    desk.softhsm.add_key_pair("Direction 2026", "p384", "Server key");
    const std::string keys = desk.sceau({"keys"}).out;
    CHECK_THAT(keys, Catch::Contains("Server key"));
    CHECK_THAT(keys, Catch::Contains("it has no certificate, which mail needs"));
}

TEST_CASE("what is kept of cards is removed when the agent ends, killed or not")
{
    CardDesk desk;
    const fs::path cache = cache_of(desk);
    REQUIRE_FALSE(cache.empty());
    for (const auto& entry : fs::recursive_directory_iterator(cache))
        CHECK((entry.is_directory() || entry.file_size() > 0));
    if (GENERATE(false, true))
        desk.kill_agent();
    else
        CHECK(desk.stop_agent() == 0);
    wait_until("the kept certificates are gone", [&] { return !fs::exists(cache); });
}
