// Modules that crash, end their process, or never answer, in each function.
#include "tests/faulty-module/faulty_desk.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace sceau;
using namespace sceau::test;
using base::ErrorCode;

namespace {

constexpr std::array kEnds = {"crash", "abort", "exit 0", "exit 1", "recurse"};

constexpr std::array kBefore = {
    "C_GetFunctionList",  "C_Initialize",        "C_GetInfo",  "C_GetSlotList",     "C_GetTokenInfo",
    "C_GetMechanismInfo", "C_OpenSession",       "C_Login",    "C_FindObjectsInit", "C_FindObjects",
    "C_FindObjectsFinal", "C_GetAttributeValue", "C_SignInit", "C_Login(context)",  "C_Sign"};
constexpr std::array kAfter = {"C_Logout", "C_CloseSession", "C_Finalize"};
constexpr std::array kDiscovering = {"C_GetFunctionList",  "C_Initialize",       "C_GetInfo",
                                     "C_GetSlotList",      "C_GetSlotInfo",      "C_GetTokenInfo",
                                     "C_OpenSession",      "C_FindObjectsInit",  "C_FindObjects",
                                     "C_FindObjectsFinal", "C_GetAttributeValue"};

std::string order(const std::string& function, const std::string& fault)
{
    return function + " " + fault;
}

void check_end(const FaultyDesk& desk, const std::string& function, const std::string& end)
{
    INFO(order(function, end));
    const auto signature = desk.sign_with({order(function, end)});
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == ErrorCode::token_failed);
    CHECK_THAT(signature.error().message, Catch::StartsWith("the token's worker "));
}

void check_hang(const FaultyDesk& desk, const std::string& function)
{
    const auto signature = desk.sign_with({order(function, "hang")});
    REQUIRE_FALSE(signature);
    // busy: other programs on this machine use smartcards
    CHECK((signature.error().code == ErrorCode::timed_out || signature.error().code == ErrorCode::busy));
}

} // namespace

TEST_CASE("a module that ends its process in any function is a failure of the token, and of this request only")
{
    const FaultyDesk desk;
    for (std::size_t i = 0; i < kBefore.size(); ++i)
        check_end(desk, kBefore[i], kEnds[i % kEnds.size()]);
}

TEST_CASE("ending the process in any way, in any function, is a failure of the token, and of this request only",
          "[whole]")
{
    const FaultyDesk desk;
    for (const char* function : kBefore)
        for (const char* end : kEnds)
            check_end(desk, function, end);
}

TEST_CASE("a module that ends its process after the signature does not lose it")
{
    const FaultyDesk desk;
    for (const char* function : kAfter)
        for (const char* end : kEnds)
            CHECK(desk.sign_with({order(function, end)}));
}

TEST_CASE("a module that ends its process in a discovery hides nothing seen before")
{
    const FaultyDesk desk;
    for (std::size_t i = 0; i < kDiscovering.size(); ++i)
        CHECK(desk.discover_with({order(kDiscovering[i], kEnds[i % kEnds.size()])}).size() == 2);
}

TEST_CASE("a module that hangs is abandoned when its time is over")
{
    const FaultyDesk desk(kShortTime);
    for (const char* function : {"C_Initialize", "C_Login", "C_Sign"})
        check_hang(desk, function);
}

TEST_CASE("a module that hangs in any function is abandoned when its time is over", "[whole]")
{
    const FaultyDesk desk(kShortTime);
    for (const char* function : kBefore)
        check_hang(desk, function);
}

TEST_CASE("a module that hangs after the signature keeps the next one waiting no longer than its time")
{
    const FaultyDesk desk(kShortTime);
    for (const char* function : kAfter)
        CHECK(desk.sign_with({order(function, "hang")}));
}

TEST_CASE("a module that hangs in a discovery hides nothing seen before, and signs at once when it works again")
{
    const FaultyDesk desk(kShortTime);
    CHECK(desk.discover_with({"C_GetSlotList hang"}).size() == 2);
    desk.check_that_it_signs();
}

TEST_CASE("a module that hangs in any discovery function hides nothing seen before", "[whole]")
{
    const FaultyDesk desk(kShortTime);
    for (const char* function : kDiscovering) {
        INFO(function);
        desk.faults.order({order(function, "hang")});
        CHECK(desk.tokens().tokens.size() == 1);
        CHECK(desk.faults.calls_of(function) > 0);
        desk.faults.order({});
        CHECK(desk.tokens().obstacles.empty());
    }
}

TEST_CASE("a module that hangs with all signals ignored is abandoned like any other")
{
    const FaultyDesk desk(kShortTime);
    const auto signature = desk.sign_with({"C_Sign change-signals", "C_Sign hang"});
    REQUIRE_FALSE(signature);
    CHECK((signature.error().code == ErrorCode::timed_out || signature.error().code == ErrorCode::busy));
}

TEST_CASE("other keys sign while a module hangs in a request of its own")
{
    const FaultyDesk desk(kShortTime);
    desk.faults.order({"C_Sign#1 hang"});
    desk.person.will_answer({"pin 123456"});
    const auto hanging = desk.start_sceau({"sign"}, mail_from("bob@example.org"));
    REQUIRE(desk.faults.wait_for_news() == "hangs");
    CHECK(desk.keys());
    const auto next = desk.sign(Signer::alice); // of the same token, whose turn comes after the other's time
    REQUIRE(next);
    CHECK(desk.verifies(Signer::alice, *next));
    CHECK(hanging->wait().status == 75);
}
