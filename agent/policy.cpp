#include "agent/policy.h"

namespace sceau::agent {

namespace {

constexpr std::size_t kCancelsBeforeRefusal = 3;
constexpr std::chrono::minutes kCancelWindow{1};

// The kernel identifies a process by the resolved file. A link of update-alternatives may have changed since the agent
// started: processes of the old target may still run, and the new target is meant as well.
bool applies_to(const ProgramRule& rule, const std::string& executable)
{
    std::error_code ignored;
    return executable == rule.exe || executable == rule.file ||
           executable == std::filesystem::weakly_canonical(rule.exe, ignored);
}

} // namespace

base::Result<> Policy::permits_blind(const std::string& executable, Clock::time_point now) const
{
    if (blind_ == Blind::deny)
        return std::unexpected(
            base::not_permitted("the configuration forbids signatures whose content cannot be shown (policy.blind)"));
    for (const ProgramRule& rule : programs_)
        if (rule.blind == Blind::deny && applies_to(rule, executable))
            return std::unexpected(base::not_permitted("the configuration forbids " + executable +
                                                       " signatures whose content cannot be shown (policy.programs)"));
    return permits(executable, now);
}

base::Result<> Policy::permits(const std::string& executable, Clock::time_point now) const
{
    const auto cancels = cancelled_.find(executable);
    if (cancels != cancelled_.end() && cancels->second.size() == kCancelsBeforeRefusal &&
        now - cancels->second.front() < kCancelWindow)
        return std::unexpected(base::not_permitted("cancelled three times within a minute: wait a minute"));
    return {};
}

void Policy::note_cancelled(const std::string& executable, Clock::time_point now)
{
    std::deque<Clock::time_point>& times = cancelled_[executable];
    times.push_back(now);
    if (times.size() > kCancelsBeforeRefusal)
        times.pop_front();
}

} // namespace sceau::agent
