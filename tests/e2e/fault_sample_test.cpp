// A sample of the fault matrix for every run; fault_matrix_test.cpp has the whole.
#include "tests/e2e/fault_case.h"

#include <catch2/catch.hpp>

using namespace sceau::test;
using namespace std::chrono_literals;

namespace {

const std::vector<std::optional<Fault>> kFaults = {
    Vanish{}, Vanish{.back_after = 700ms}, AnswerStatus{0x6f00}, AnswerGarbage{}, StaySilent{3s}, std::nullopt};

} // namespace

TEST_CASE("P1 P3 P4: a signature survives each fault of the card and of pcscd, at its beginning, its PIN and its end")
{
    FaultDesk desk("rsa2048");
    for (const auto& fault : kFaults) {
        desk.suffer({.fault = fault, .nth = 1});
        desk.suffer({.fault = fault, .nth = desk.first_verify(), .execution = Execution::before_fault});
        desk.suffer({.fault = fault, .nth = desk.apdus()});
    }
}

TEST_CASE("P3: a wrong PIN uses up one try though the card executes its VERIFY and the answer is lost")
{
    FaultDesk desk("p256");
    for (const auto& fault : {std::optional<Fault>(Vanish{.back_after = 700ms}), std::optional<Fault>(AnswerGarbage{})})
        desk.suffer(
            {.fault = fault, .nth = desk.first_verify(), .execution = Execution::before_fault, .pin = "999999"});
}
