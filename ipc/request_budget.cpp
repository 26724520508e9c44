#include "ipc/request_budget.h"

#include <malloc.h>

#include <algorithm>

namespace sceau::ipc {

namespace {

constexpr std::size_t kWorthGivingBack = std::size_t{1} << 20;

} // namespace

RequestBudget::RequestBudget(std::size_t total, std::size_t connections)
    : allowance_(total / 4 / std::max<std::size_t>(connections, 1)), pool_(total - allowance_ * connections)
{
}

bool RequestBudget::change(const std::string& program, std::size_t before, std::size_t now)
{
    const std::size_t held = beyond_allowance(before);
    const std::size_t wanted = beyond_allowance(now);
    if (held == wanted)
        return true;
    std::size_t& of_program = programs_[program];
    if (wanted > held && (used_ - held + wanted > pool_ || of_program - held + wanted > for_one_program())) {
        if (of_program == 0)
            programs_.erase(program);
        return false;
    }
    used_ = used_ - held + wanted;
    of_program = of_program - held + wanted;
    if (of_program == 0)
        programs_.erase(program);
    peak_ = std::max(peak_, used_);
    // The allocator keeps memory that was freed in pieces, and would otherwise keep it for good.
    if (used_ == 0 && peak_ >= kWorthGivingBack) {
        ::malloc_trim(0);
        peak_ = 0;
    }
    return true;
}

} // namespace sceau::ipc
