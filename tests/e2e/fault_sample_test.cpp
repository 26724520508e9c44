// A sample of the fault matrix, for every run; fault_matrix_test.cpp has the whole.
#include "tests/e2e/fault_case.h"

#include <catch2/catch.hpp>

using namespace sceau::test;
using namespace std::chrono_literals;

namespace {

const std::vector<std::optional<Fault>> kFaults = {
    Vanish{}, Vanish{.back_after = 700ms}, AnswerStatus{0x6f00}, AnswerGarbage{}, StaySilent{3s}, std::nullopt};

} // namespace

TEST_CASE("a signature survives each fault of the card and of pcscd, at its beginning, its PIN and its end")
{
    FaultDesk desk("rsa2048");
    for (const auto& fault : kFaults) {
        desk.suffer({.fault = fault, .nth = 1});
        desk.suffer({.fault = fault, .nth = desk.first_verify(), .execution = Execution::before_fault});
        desk.suffer({.fault = fault, .nth = desk.apdus()});
    }
}
