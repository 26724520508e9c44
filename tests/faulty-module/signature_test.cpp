// A module returns signatures that are not the requested ones.
#include "tests/faulty-module/faulty_desk.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::test;
using base::ErrorCode;

namespace {

void check_that_nothing_is_released(const FaultyDesk& desk, const std::vector<std::string>& orders, Signer signer)
{
    INFO(orders.front());
    const auto signature = desk.sign_with(orders, signer);
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == ErrorCode::token_failed);
}

} // namespace

TEST_CASE("a signature of another length, or that claims one, is not released")
{
    const FaultyDesk desk;
    for (const Signer signer : {Signer::alice, Signer::bob})
        for (const std::string fault :
             {"a-byte-too-few", "a-zero-too-many", "empty", "claims-a-megabyte", "claims-everything"})
            check_that_nothing_is_released(desk, {"C_Sign " + fault}, signer);
}

TEST_CASE("a signature that is wrong is not released")
{
    const FaultyDesk desk;
    for (const Signer signer : {Signer::alice, Signer::bob})
        for (const std::string fault : {"damaged", "zeros", "of-another-digest"})
            check_that_nothing_is_released(desk, {"C_Sign " + fault}, signer);
}

TEST_CASE("a signature that was made before, of another mail, is not released")
{
    for (const Signer signer : {Signer::alice, Signer::bob}) {
        const FaultyDesk desk;
        desk.faults.order({"C_Sign repeated"});
        REQUIRE(desk.sign_other(signer, 7));
        check_that_nothing_is_released(desk, {"C_Sign repeated"}, signer);
    }
}

TEST_CASE("a signature by another key of the same token is not released")
{
    FaultyDesk desk;
    desk.softhsm.add_key("Direction 2026", {.key = "rsa3072"});
    run({"pkcs11-tool", "--module", kSoftHsmModule, "--token-label", "Direction 2026", "--login", "--pin", kPin,
         "--keypairgen", "--key-type", "EC:prime256v1", "--id", "77", "--usage-sign"},
        desk.softhsm.module().environment);
    desk.faults.order({"C_SignInit takes-other-key"});
    for (const Signer signer : {Signer::alice, Signer::bob}) {
        const auto signature = desk.sign(signer);
        REQUIRE_FALSE(signature);
        CHECK(signature.error().code == ErrorCode::token_failed);
    }
    desk.check_that_it_signs();
}

TEST_CASE("a token that takes any PIN without a login gives no signature")
{
    const FaultyDesk desk;
    const auto signature = desk.sign_with({"C_Login return 0", "C_Login(context) return 0"});
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == ErrorCode::key_not_found);
}

TEST_CASE("a token that says that someone is already logged in has not checked the PIN, and gives no signature")
{
    const FaultyDesk desk;
    CHECK_FALSE(desk.sign_with({"C_Login return 0x100"}));
    CHECK_FALSE(desk.sign_with({"C_Login(context) return 0x100"}));
}

TEST_CASE("a token that stays logged in after C_Logout still needs a PIN for every signature")
{
    const FaultyDesk desk;
    desk.faults.order({"C_Logout return 0", "C_CloseSession return 0", "C_Finalize return 0"});
    for (std::size_t i = 1; i <= 3; ++i) {
        REQUIRE(desk.sign(Signer::bob));
        CHECK(desk.person.times_asked() == i);
        CHECK(desk.faults.calls_of("C_Login") == i);
    }
    const auto without_pin = desk.sign(Signer::bob, {});
    REQUIRE_FALSE(without_pin);
    CHECK(without_pin.error().code == ErrorCode::cancelled);
}

TEST_CASE("a key that lies about its login gives no signature and costs one try at most")
{
    const FaultyDesk desk;
    for (const Signer signer : {Signer::alice, Signer::bob})
        check_that_nothing_is_released(desk, {"C_GetAttributeValue wrong-always-authenticate"}, signer);
}

TEST_CASE("a key whose attributes claim wrong sizes is a failure or ignored")
{
    const FaultyDesk desk;
    for (const Signer signer : {Signer::alice, Signer::bob})
        for (const std::string fault : {"claims-more-than-memory", "claims-no-size", "claims-nothing"})
            desk.sign_with({"C_GetAttributeValue " + fault}, signer);
}

TEST_CASE("a search that returns more than there was room for keeps the first objects")
{
    const FaultyDesk desk;
    CHECK(desk.sign_with({"C_FindObjects claims-more"}));
    CHECK(desk.sign_with({"C_FindObjects thousands"}));
}

TEST_CASE("if the third login is refused as locked, the fourth still succeeds")
{
    const FaultyDesk desk;
    desk.faults.order({"C_Login#3 return 0xa4"});
    CHECK(desk.sign(Signer::alice));
    CHECK(desk.sign(Signer::bob));
    const auto locked = desk.sign(Signer::alice);
    REQUIRE_FALSE(locked);
    CHECK(locked.error().code == ErrorCode::pin_locked);
    CHECK(desk.sign(Signer::alice));
}

TEST_CASE("a wrong PIN that locks the token is tried once and reported as locked")
{
    const FaultyDesk desk;
    desk.faults.order({"C_GetTokenInfo locked-when-low"});
    const auto locked = desk.sign(Signer::bob, {"pin 654321", "pin 123456"});
    REQUIRE_FALSE(locked);
    CHECK(locked.error().code == ErrorCode::pin_locked);
    CHECK(desk.faults.calls_of("C_Login") == 1);
    CHECK(desk.sign(Signer::bob).error().code == ErrorCode::pin_locked);
    CHECK(desk.faults.calls_of("C_Login") == 1);
    desk.check_that_it_signs();
}

TEST_CASE("a PIN that the token accepts but not for the key does not count as wrong")
{
    const FaultyDesk desk;
    const auto refused = desk.sign_with({"C_Login(context) return 0xa0"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::unsupported);
    CHECK_THAT(refused.error().message, Catch::Contains("a PIN of its own"));
}
