#include "clients/cli/agent_connection.h"
#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/obstacle.h"
#include "clients/cli/tables.h"

#include <sysexits.h>

namespace sceau::cli {

Outcome<int> run(const ListTokens& command, const Console& console)
{
    TRY_ASSIGN(AgentConnection agent, AgentConnection::open());
    TRY_ASSIGN(const auto reply, agent.call<ipc::ListTokens>({.refresh = true}));
    if (command.json || !reply.tokens.empty() || reply.obstacles.empty())
        TRY(console.print(command.json ? json_of(reply) : token_table(reply.tokens, console)));
    if (!command.json)
        console.tell(explained(reply.obstacles, console));
    return EX_OK;
}

} // namespace sceau::cli
