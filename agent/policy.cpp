#include "agent/policy.h"

#include "mail/cms/address.h"

#include <algorithm>

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

bool is_among(const std::vector<std::string>& domains, std::string_view domain)
{
    return std::ranges::any_of(domains, [&](std::string_view each) {
        return domain == each || (each.starts_with('.') && (domain.ends_with(each) || domain == each.substr(1)));
    });
}

} // namespace

base::Result<> Policy::permits_blind(const std::string& executable) const
{
    if (blind_ == Blind::deny)
        return std::unexpected(
            base::not_permitted("the configuration forbids signatures whose content cannot be shown (policy.blind)"));
    for (const ProgramRule& rule : programs_)
        if (rule.blind == Blind::deny && applies_to(rule, executable))
            return std::unexpected(base::not_permitted("the configuration forbids " + executable +
                                                       " signatures whose content cannot be shown (policy.programs)"));
    return {};
}

base::Result<> Policy::permits_key(const std::string& executable, const base::KeyId& key, Clock::time_point now) const
{
    TRY(permits(executable, now));
    const std::string name = key.hex();
    for (const ProgramRule& rule : programs_) {
        const bool names_it = rule.keys.empty() ||
                              std::ranges::any_of(rule.keys, [&](const auto& each) { return name.starts_with(each); });
        if (!names_it && applies_to(rule, executable))
            return std::unexpected(
                base::not_permitted("the configuration keeps this key from " + executable + " (policy.programs)"));
    }
    return {};
}

base::Result<std::vector<std::string>> Policy::to_be_confirmed(const ipc::Shown& mail) const
{
    std::vector<std::string> others;
    if (recipients_.others == OtherRecipients::ask)
        return others;
    for (const ipc::ShownField& field : mail.lines) {
        if (!ipc::is_recipient(field.name))
            continue;
        const auto address = mail::cms::parse_address(field.address.value_or(""));
        std::string domain = address ? address->domain : field.value;
        if (address && is_among(recipients_.domains, domain))
            continue;
        if (recipients_.others == OtherRecipients::deny)
            return std::unexpected(
                base::not_permitted("the configuration forbids mail to " + domain + " (policy.other_recipients)"));
        if (std::ranges::find(others, domain) == others.end())
            others.push_back(std::move(domain));
    }
    return others;
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
