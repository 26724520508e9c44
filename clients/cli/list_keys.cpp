#include "clients/cli/agent.h"
#include "clients/cli/commands.h"
#include "clients/cli/json.h"
#include "clients/cli/tables.h"
#include "clients/words/obstacle.h"

#include <sysexits.h>

namespace sceau::cli {

Outcome<int> run(const ListKeys& command, const Console& console)
{
    TRY_ASSIGN(AgentConnection agent, open_agent());
    TRY_ASSIGN(const auto tokens, agent.call<ipc::ListTokens>({.refresh = true}));
    TRY_ASSIGN(const auto reply, agent.call<ipc::ListKeys>());
    if (command.json) {
        TRY(console.print(json_of(reply, tokens.obstacles)));
        return EX_OK;
    }
    const auto without_key = words::tokens_without_key(tokens.tokens, reply.keys);
    if (!reply.keys.empty() || (without_key.empty() && tokens.obstacles.empty()))
        TRY(console.print(key_table(reply.keys, current_moment(), console)));
    console.tell(explained(without_key, console) + explained(tokens.obstacles, console));
    return EX_OK;
}

} // namespace sceau::cli
