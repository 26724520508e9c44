#include "agent/policy.h"

namespace sceau::agent {

namespace {

constexpr std::size_t kCancelsBeforeRefusal = 3;
constexpr std::chrono::minutes kCancelWindow{1};

} // namespace

base::Result<> Policy::permits_blind(const std::string& executable, Clock::time_point now) const
{
    if (blind_ == Blind::deny)
        return std::unexpected(
            base::not_permitted("the configuration forbids signatures whose content cannot be shown (policy.blind)"));
    for (const ProgramRule& rule : programs_)
        if (rule.exe == executable && rule.blind == Blind::deny)
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
