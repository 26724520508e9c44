#include "clients/cli/agent.h"
#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/tables.h"
#include "clients/words/obstacle.h"

namespace sceau::cli {

namespace {

std::string seen_now(const ipc::Watch::Reply& seen, const Console& console)
{
    const Moment now = current_moment();
    const std::string time = shown_time(now, console.language) + "\n";
    if (seen.tokens.empty() && !seen.obstacles.empty())
        return time + explained(seen.obstacles, console) + "\n";
    return time + token_table(seen.tokens, console) + "\n" + key_table(seen.keys, now, console) +
           explained(seen.obstacles, console) + "\n";
}

} // namespace

// Runs until the agent exits or the person interrupts it, so it always ends with a failure.
Outcome<int> run(const Watch& command, const Console& console)
{
    TRY_ASSIGN(AgentConnection agent, open_agent());
    base::Result<> printed;
    const auto show = [&](const ipc::Watch::Reply& seen) {
        printed = console.print(command.json ? json_of(seen, JsonForm::line) : seen_now(seen, console));
        return printed.has_value();
    };
    const auto ended = agent.call<ipc::Watch>({}, show);
    TRY(printed);
    const auto* error = ended ? nullptr : std::get_if<base::Error>(&ended.error());
    if (ended || (error != nullptr && error->code == base::ErrorCode::cancelled)) // by the agent, which exits
        return std::unexpected(base::agent_unreachable("it ended"));
    return std::unexpected(ended.error());
}

} // namespace sceau::cli
