// Every function that signing and discovery call returns every value of PKCS#11.
#include "pkcs11/token/cryptoki.h"
#include "tests/faulty-module/faulty_desk.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

using namespace sceau;
using namespace sceau::test;
using base::ErrorCode;

namespace {

/// The functions before the signature, in the order in which they are called.
constexpr std::array kBefore = {
    "C_Initialize", "C_GetSlotList",     "C_GetTokenInfo", "C_GetMechanismInfo", "C_OpenSession",
    "C_Login",      "C_FindObjectsInit", "C_FindObjects",  "C_FindObjectsFinal", "C_GetAttributeValue",
    "C_SignInit",   "C_Login(context)",  "C_Sign"};
/// The functions whose failure costs no signature.
constexpr std::array kBesides = {"C_GetInfo", "C_Logout", "C_CloseSession", "C_Finalize"};

/// The functions of a discovery. Nobody waits for C_Finalize.
constexpr std::array kDiscovering = {"C_Initialize",   "C_GetInfo",          "C_GetSlotList",      "C_GetSlotInfo",
                                     "C_GetTokenInfo", "C_OpenSession",      "C_CloseSession",     "C_FindObjectsInit",
                                     "C_FindObjects",  "C_FindObjectsFinal", "C_GetAttributeValue"};

std::string order(const std::string& function, unsigned long value)
{
    return fmt::format("{} return {:#x}", function, value);
}

/// A PIN that was refused is not sent again until the token is pulled out. These values have a test of their own.
bool refuses_pin(unsigned long value)
{
    return value == CKR_PIN_INCORRECT || value == CKR_PIN_INVALID || value == CKR_PIN_LEN_RANGE;
}

void check_signing(const FaultyDesk& desk, const std::string& function, const ReturnValue& code)
{
    INFO(function << ": " << code.name);
    if (function == "C_Login" && refuses_pin(code.value))
        return;
    const auto signature = desk.sign_with({order(function, code.value)});
    const bool spares_it = std::ranges::find(kBesides, function) != kBesides.end();
    CHECK(signature.has_value() == spares_it);
    if (signature)
        return;
    CHECK(signature.error().code != ErrorCode::pin_incorrect);
    if (!function.starts_with("C_Login"))
        CHECK(signature.error().code != ErrorCode::pin_locked);
}

std::vector<ReturnValue> some_failures()
{
    return {{"CKR_GENERAL_ERROR", CKR_GENERAL_ERROR},
            {"CKR_TOKEN_NOT_PRESENT", CKR_TOKEN_NOT_PRESENT},
            {"CKR_PIN_INCORRECT", CKR_PIN_INCORRECT},
            {"CKR_USER_ALREADY_LOGGED_IN", CKR_USER_ALREADY_LOGGED_IN}};
}

} // namespace

TEST_CASE("every return value of the standard has its name")
{
    for (const ReturnValue& code : all_failures())
        CHECK(pkcs11::token::name_of(code.value) == code.name);
}

TEST_CASE("a failure of any function that signs is an error with a name and costs one try at most")
{
    const FaultyDesk desk;
    for (const char* function : kBefore)
        for (const ReturnValue& code : some_failures())
            check_signing(desk, function, code);
}

TEST_CASE("a token that fails once to identify itself, before or after its PIN is asked, signs")
{
    const FaultyDesk desk;
    for (const std::string call : {"C_GetTokenInfo#2", "C_GetTokenInfo#3"})
        CHECK(desk.sign_with({order(call, CKR_GENERAL_ERROR)}));
}

TEST_CASE("a failure of a function after the signature does not lose the signature")
{
    const FaultyDesk desk;
    for (const char* function : kBesides)
        for (const ReturnValue& code : some_failures())
            check_signing(desk, function, code);
}

TEST_CASE("a failure of any discovery function loses only what it hides")
{
    const FaultyDesk desk;
    for (const char* function : kDiscovering)
        for (const ReturnValue& code : some_failures())
            desk.discover_with({order(function, code.value)});
}

TEST_CASE("every return value of any function that signs is an error with a name and costs one try at most", "[whole]")
{
    const FaultyDesk desk;
    for (const char* function : kBefore)
        for (const ReturnValue& code : all_failures())
            check_signing(desk, function, code);
}

TEST_CASE("no return value of a function after the signature loses the signature", "[whole]")
{
    const FaultyDesk desk;
    for (const char* function : kBesides)
        for (const ReturnValue& code : all_failures())
            check_signing(desk, function, code);
}

TEST_CASE("every return value of any discovery function loses only what it hides", "[whole]")
{
    const FaultyDesk desk;
    for (const char* function : kDiscovering)
        for (const ReturnValue& code : all_failures())
            desk.discover_with({order(function, code.value)});
}

TEST_CASE("a PIN that the token refused is not sent again, whatever the error code")
{
    const auto value = GENERATE(CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE);
    const FaultyDesk desk;
    desk.faults.order({order("C_Login", value)});
    const auto refused = desk.sign(Signer::bob, {"pin 123456", "pin 123456", "pin 123456"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::pin_incorrect);
    CHECK(desk.faults.calls_of("C_Login") == 1);
}
