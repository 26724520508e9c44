// The fault matrix: each fault at each APDU of a whole signature, from the request to the reset, for an RSA and an
// elliptic-curve key. fault_sample_test.cpp runs a sample of it every time.
#include "tests/e2e/fault_case.h"

#include <catch2/catch.hpp>

using namespace sceau::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kRsa = "rsa2048";
constexpr const char* kEc = "p256";

void suffer_everywhere(const char* key, const std::optional<Fault>& fault)
{
    FaultDesk(key).suffer_everywhere(fault);
}

} // namespace

// There is a test for each fault, so that they can run in parallel.

TEST_CASE("P1 P3 P4: matrix: the card vanishes, RSA", "[whole]")
{
    suffer_everywhere(kRsa, Vanish{});
}
TEST_CASE("P1 P3 P4: matrix: the card vanishes, P-256", "[whole]")
{
    suffer_everywhere(kEc, Vanish{});
}
TEST_CASE("P1 P3 P4: matrix: the card vanishes and comes back, RSA", "[whole]")
{
    suffer_everywhere(kRsa, Vanish{.back_after = 700ms});
}
TEST_CASE("P1 P3 P4: matrix: the card vanishes and comes back, P-256", "[whole]")
{
    suffer_everywhere(kEc, Vanish{.back_after = 700ms});
}
TEST_CASE("P1 P3 P4: matrix: the card answers 6F00, RSA", "[whole]")
{
    suffer_everywhere(kRsa, AnswerStatus{0x6f00});
}
TEST_CASE("P1 P3 P4: matrix: the card answers 6F00, P-256", "[whole]")
{
    suffer_everywhere(kEc, AnswerStatus{0x6f00});
}
TEST_CASE("P1 P3 P4: matrix: the card answers garbage, RSA", "[whole]")
{
    suffer_everywhere(kRsa, AnswerGarbage{});
}
TEST_CASE("P1 P3 P4: matrix: the card answers garbage, P-256", "[whole]")
{
    suffer_everywhere(kEc, AnswerGarbage{});
}
TEST_CASE("P1 P3 P4: matrix: the card is silent for three seconds, RSA", "[whole]")
{
    suffer_everywhere(kRsa, StaySilent{3s});
}
TEST_CASE("P1 P3 P4: matrix: the card is silent for three seconds, P-256", "[whole]")
{
    suffer_everywhere(kEc, StaySilent{3s});
}
TEST_CASE("P1 P3 P4: matrix: pcscd is killed and restarted, RSA", "[whole]")
{
    suffer_everywhere(kRsa, std::nullopt);
}
TEST_CASE("P1 P3 P4: matrix: pcscd is killed and restarted, P-256", "[whole]")
{
    suffer_everywhere(kEc, std::nullopt);
}

TEST_CASE("P3: a wrong PIN uses up one try at most, whatever becomes of its VERIFY", "[whole]")
{
    FaultDesk desk(kRsa);
    const std::vector<std::optional<Fault>> faults = {
        Vanish{}, Vanish{.back_after = 700ms}, AnswerStatus{0x6f00}, AnswerGarbage{}, StaySilent{3s}, std::nullopt};
    for (const auto& fault : faults)
        for (const auto execution : {Execution::before_fault, Execution::not_before_fault})
            for (const std::size_t nth : {desk.first_verify(), desk.first_verify() + 1})
                desk.suffer({.fault = fault, .nth = nth, .execution = execution, .pin = "999999"});
}
