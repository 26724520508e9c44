#include "clients/cli/agent.h"
#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/tables.h"
#include "clients/words/obstacle.h"

#include <sysexits.h>

namespace sceau::cli {

Outcome<int> run(const ListTokens& command, const Console& console)
{
    TRY_ASSIGN(AgentConnection agent, open_agent());
    TRY_ASSIGN(const auto reply, agent.call<ipc::ListTokens>({.refresh = true}));
    if (command.json || !reply.tokens.empty() || reply.obstacles.empty())
        TRY(console.print(command.json ? json_of(reply) : token_table(reply.tokens, console)));
    if (!command.json)
        console.tell(explained(reply.obstacles, console));
    return EX_OK;
}

} // namespace sceau::cli
