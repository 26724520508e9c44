// Tokens that are not what they claim to be, or not where they were.
#include "tests/faulty-module/faulty_desk.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sceau;
using namespace sceau::test;
using base::ErrorCode;

namespace {

ErrorCode failure_with(const FaultyDesk& desk, const std::vector<std::string>& orders)
{
    const auto signature = desk.sign_with(orders);
    REQUIRE_FALSE(signature);
    return signature.error().code;
}

const std::vector<std::string> kRenumbered = {"C_GetSlotList renumbered",  "C_GetSlotInfo renumbered",
                                              "C_GetTokenInfo renumbered", "C_GetMechanismInfo renumbered",
                                              "C_OpenSession renumbered",  "C_CloseAllSessions renumbered"};

/// Returns the DER.
std::string certificate_with_addresses(int count)
{
    std::vector<std::string> addresses;
    for (int i = 0; i < count; ++i)
        addresses.push_back("person" + std::to_string(i) + "@example.org");
    const auto der = issue_certificate({.key = "p384", .addresses = addresses});
    return std::string(base::as_text(der));
}

bool has_control_character(const std::string& text)
{
    return std::ranges::any_of(text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; });
}

} // namespace

TEST_CASE("a token that is pulled out while it signs is absent, and signs when it is back")
{
    const FaultyDesk desk;
    for (const std::string function :
         {"C_OpenSession", "C_Login", "C_FindObjectsInit", "C_SignInit", "C_Login(context)", "C_Sign"})
        CHECK(failure_with(desk, {function + " vanish"}) == ErrorCode::token_absent);
}

TEST_CASE("a missing token that is in no reader is waited for, and the request continues by itself when it is back")
{
    const FaultyDesk desk;
    desk.faults.order({"C_Sign vanish"});
    REQUIRE_FALSE(desk.sign(Signer::bob));
    const std::size_t asked = desk.person.times_asked();
    int waited = 0;
    const auto signature = desk.sign_waiting(Signer::bob, [&] {
        ++waited;
        desk.faults.order({});
    });
    CHECK(waited == 1);
    REQUIRE(signature);
    CHECK(desk.verifies(Signer::bob, *signature));
    CHECK(desk.person.times_asked() == asked + 1);
}

TEST_CASE("a token that does not come back is absent")
{
    const FaultyDesk desk;
    desk.faults.order({"C_Sign vanish"});
    REQUIRE_FALSE(desk.sign(Signer::bob));
    const auto absent = desk.sign(Signer::bob);
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::token_absent);
    desk.check_that_it_signs();
}

TEST_CASE("flags that claim the PIN needs less protection change nothing")
{
    const FaultyDesk desk;
    for (const std::string flags : {"low", "no-pin", "no-login", "not-initialised"}) {
        const std::size_t asked = desk.person.times_asked();
        CHECK(desk.sign_with({"sign C_GetTokenInfo " + flags}));
        CHECK(desk.person.times_asked() == asked + 3); // twice with the fault, once without
    }
}

TEST_CASE("a token that claims to be locked, or at its last try, gets no PIN without asking")
{
    const FaultyDesk desk;
    for (const auto& [flags, code] :
         {std::pair{"locked", ErrorCode::pin_locked}, {"final-try", ErrorCode::pin_final_try}}) {
        desk.faults.order({std::string("C_GetTokenInfo ") + flags});
        const auto refused = desk.sign(Signer::bob);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == code);
        CHECK(desk.faults.calls_of("C_Login") == 0);
        desk.check_that_it_signs();
    }
}

TEST_CASE("a token without a PIN pad that says it has one gets no PIN and fails")
{
    const FaultyDesk desk;
    desk.faults.order({"C_GetTokenInfo pad"});
    CHECK_FALSE(desk.sign(Signer::bob));
    desk.check_that_it_signs();
}

TEST_CASE("a token that is not initialised is not shown")
{
    const FaultyDesk desk;
    CHECK(desk.discover_with({"C_GetTokenInfo not-initialised"}).empty());
}

TEST_CASE("a token whose name has changed when it must sign is another token, and gets no PIN")
{
    const FaultyDesk desk;
    for (const std::string names : {"other-label", "other-serial", "latin-1-label"}) {
        const std::size_t asked = desk.person.times_asked();
        CHECK(failure_with(desk, {"sign C_GetTokenInfo " + names}) == ErrorCode::token_absent);
        CHECK(desk.person.times_asked() == asked + 1); // by the signature after the fault
    }
}

TEST_CASE("P3: a token that has changed places with another since it was found does not get the other's PIN")
{
    FaultyDesk desk;
    desk.softhsm.add_token("Audit", "654321");
    desk.faults.order({"sign C_OpenSession swaps-tokens", "sign C_GetTokenInfo swapped"});
    const auto signature = desk.sign(Signer::bob);
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == ErrorCode::token_absent);
    CHECK(desk.faults.calls_of("C_Login") == 0);
    desk.check_that_it_signs();
}

TEST_CASE("slots that have different numbers in each process disturb nothing")
{
    const FaultyDesk desk;
    CHECK(desk.discover_with(kRenumbered).size() == 2);
    CHECK(desk.sign_with(kRenumbered));
}

TEST_CASE("a slot whose number changes a moment later is an error with a name")
{
    const FaultyDesk desk;
    CHECK(failure_with(desk, {"sign C_GetSlotList renumbered"}) == ErrorCode::token_absent);
    CHECK(failure_with(desk, {"sign C_OpenSession renumbered"}) == ErrorCode::token_failed);
}

TEST_CASE("a module without slots has no tokens")
{
    const FaultyDesk desk;
    CHECK(desk.discover_with({"C_GetSlotList none"}).empty());
    CHECK(desk.discover_with({"C_GetSlotInfo no-token"}).empty());
    CHECK(failure_with(desk, {"sign C_GetSlotList none"}) == ErrorCode::token_absent);
}

TEST_CASE("a removable token that is in no PC/SC reader signs again and again")
{
    const FaultyDesk desk;
    desk.faults.order({"C_GetSlotInfo removable"});
    REQUIRE(desk.keys());
    CHECK(desk.sign(Signer::bob));
    CHECK(desk.sign(Signer::bob));
    desk.faults.order({"C_GetSlotInfo removable", "C_Sign crash"});
    CHECK_FALSE(desk.sign(Signer::bob));
    desk.check_that_it_signs();
}

TEST_CASE("thousands of slots without a usable token hide no usable one")
{
    const FaultyDesk desk;
    CHECK(desk.discover_with({"C_GetSlotList thousands-of-slots"}).size() == 2);
    CHECK(desk.sign_with({"C_GetSlotList thousands-of-slots"}));
}

TEST_CASE("slot lists too large for memory are failures of the module")
{
    for (const std::string fault : {"thousands-of-tokens", "more-than-memory"}) {
        // It has an agent of its own, which goes on searching thousands of slots when nobody waits any more.
        const FaultyDesk desk;
        CHECK(desk.discover_with({"C_GetSlotList " + fault}).size() == 2); // as they were known before
        desk.faults.order({"C_GetSlotList " + fault});
        CHECK(desk.tokens().obstacles.size() == 1);
    }
    const FaultyDesk desk;
    desk.discover_with({"C_GetSlotList grows"});
    CHECK(failure_with(desk, {"C_GetSlotList more-than-memory"}) == ErrorCode::token_failed);
    desk.sign_with({"C_GetSlotList grows"});
}

TEST_CASE("of thousands of certificates as many are listed as there is room for")
{
    const FaultyDesk desk;
    CHECK(desk.discover_with({"C_FindObjects thousands", "C_GetAttributeValue repeated"}).size() == 128);
}

TEST_CASE("a certificate over the size limit is left out")
{
    const FaultyDesk desk;
    desk.faults.keep_value(certificate_with_addresses(2000));
    CHECK(desk.discover_with({"C_GetAttributeValue value-of-file"}).empty());
}

TEST_CASE("a certificate followed by megabytes is only the certificate")
{
    const FaultyDesk desk;
    desk.faults.keep_value(certificate_with_addresses(1) + std::string(4U << 20, '\0'));
    CHECK(desk.discover_with({"C_GetAttributeValue value-of-file"}).size() == 2);
}

TEST_CASE("if an answer has no room for all certificates, some are shown")
{
    const FaultyDesk desk;
    desk.faults.keep_value(certificate_with_addresses(500));
    desk.faults.order({"C_FindObjects hundreds", "C_GetAttributeValue value-of-file"});
    const auto keys = desk.keys();
    INFO((keys ? "keys " + std::to_string(keys->size()) : keys.error().message));
    CHECK(keys);
    CHECK_FALSE(keys.value_or(std::vector<ipc::Key>()).empty());
    desk.check_that_it_signs();
}

TEST_CASE("the person is told how a module fails, in a list and when there is nothing to sign with")
{
    FaultyDesk desk(kShortTime);
    desk.faults.order({"C_GetSlotList none"});
    REQUIRE(desk.tokens().tokens.empty());
    for (const auto& [fault, words] : {std::pair{"C_Initialize return 0x30", "failed (C_Initialize: CKR_DEVICE_ERROR)"},
                                       {"C_GetSlotList abort", "failed (the token's worker was ended by signal 6"},
                                       {"C_GetSlotList hang", "does not answer."}}) {
        desk.faults.order({fault});
        for (const char* command : {"tokens", "keys"}) {
            const Ended ended = desk.sceau({command});
            CHECK(ended.out.empty());
            CHECK_THAT(ended.err, Catch::Contains("faulty-module.so " + std::string(words)));
        }
        CHECK_THAT(desk.sceau({"tokens", "--json"}).out, Catch::Contains("\"kind\": \"module_"));
        CHECK_THAT(desk.sceau({"keys", "--json"}).out, Catch::Contains("\"kind\": \"module_"));
    }
    desk.faults.order({});
    while (desk.sceau({"tokens"}).out.find("Direction 2026") == std::string::npos)
        continue; // the call that hangs is given up first
}

TEST_CASE("a token without a visible certificate is named wherever keys are listed")
{
    FaultyDesk desk;
    desk.faults.order({"C_FindObjects none"});
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"keys"}, {"sign"}}) {
        const Ended ended = desk.sceau(arguments, mail_from("carol@example.org"));
        INFO(ended.err);
        CHECK_THAT(ended.err, Catch::Contains("Direction 2026"));
    }
}

TEST_CASE("sceau sign waits for the token of a known key, and says which token")
{
    const FaultyDesk desk; // its agent waits for a second
    desk.faults.order({"C_GetSlotList none"});
    REQUIRE(desk.tokens().tokens.empty());
    const Ended ended = desk.sceau({"sign"}, mail_from("bob@example.org"));
    CHECK(ended.status == 75);
    CHECK_THAT(ended.err, Catch::Contains("Insert the token \"Direction 2026\".\n"));
    CHECK_THAT(ended.err, Catch::Contains("sceau: The token is not plugged in.\n"));
    const Ended other = desk.sceau({"sign"}, mail_from("carol@example.org"));
    CHECK(other.status == 77);
}

TEST_CASE("a token whose PIN must first be changed or set says so in the list and before the PIN is asked for")
{
    const FaultyDesk desk;
    for (const auto& [fault, listed, asked] :
         {std::tuple{"to-be-changed", "to be changed first", "it must be changed first, says the token"},
          {"no-pin", "never set", "none was ever set, says the token"}}) {
        desk.faults.order({std::string("C_GetTokenInfo ") + fault, "C_Login return 0xa3"});
        CHECK_THAT(desk.sceau({"tokens"}).out, Catch::Contains(listed));
        const auto refused = desk.sign(Signer::bob);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::pin_to_be_changed);
        CHECK_THAT(desk.person.log(), Catch::Contains(asked));
    }
    desk.check_that_it_signs();
}

TEST_CASE("names with escape sequences and invalid text reach neither a terminal nor the dialog unchanged")
{
    const FaultyDesk desk;
    desk.faults.order({"C_GetTokenInfo escapes-in-names"});
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"tokens"}, {"keys"}, {"tokens", "--json"}, {"keys", "--json"}}) {
        const Ended ended = desk.sceau(arguments);
        INFO(ended.out << ended.err);
        CHECK(ended.status == 0);
        CHECK_FALSE(has_control_character(ended.out + ended.err));
    }
    desk.person.will_answer({"pin 123456"});
    const Ended ended = desk.sceau({"sign"}, mail_from("bob@example.org"));
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_FALSE(has_control_character(ended.err));
    CHECK_FALSE(has_control_character(desk.person.log()));
}
