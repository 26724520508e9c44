#include "clients/cli/agent_connection.h"
#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/obstacle.h"
#include "clients/cli/tables.h"

#include <sysexits.h>

namespace sceau::cli {

Outcome<int> run(const ListKeys& command, const Console& console)
{
    TRY_ASSIGN(AgentConnection agent, AgentConnection::open());
    TRY_ASSIGN(const auto tokens, agent.call<ipc::ListTokens>({.refresh = true}));
    TRY_ASSIGN(const auto reply, agent.call<ipc::ListKeys>());
    if (command.json) {
        TRY(console.print(json_of(reply, tokens.obstacles)));
        return EX_OK;
    }
    const auto without_key = tokens_without_key(tokens.tokens, reply.keys);
    if (!reply.keys.empty() || (without_key.empty() && tokens.obstacles.empty()))
        TRY(console.print(key_table(reply.keys, current_moment(), console)));
    console.tell(explained(without_key, console) + explained(tokens.obstacles, console));
    return EX_OK;
}

} // namespace sceau::cli
