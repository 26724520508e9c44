#include "tests/virtual-token/fault.h"

#include <fmt/core.h>

namespace sceau::test {

namespace {

struct Describe {
    std::string operator()(const Vanish& fault) const
    {
        return fault.back_after ? fmt::format("vanish, back after {} ms", fault.back_after->count()) : "vanish";
    }
    std::string operator()(const AnswerStatus& fault) const { return fmt::format("answer {:04X}", fault.sw); }
    std::string operator()(const AnswerGarbage& fault) const { return "answer garbage " + base::to_hex(fault.bytes); }
    std::string operator()(const StaySilent& fault) const
    {
        return fmt::format("silence of {} ms", fault.time.count());
    }
    std::string operator()(const Pause&) const { return "pause"; }
};

} // namespace

std::string to_string(const Fault& fault)
{
    return std::visit(Describe{}, fault);
}

} // namespace sceau::test
