#include "clients/cli/agent.h"

#include "clients/sending/interrupt.h"

namespace sceau::cli {

base::Result<AgentConnection> open_agent()
{
    TRY_ASSIGN(base::UniqueFd interrupt, sending::watch_for_interrupt());
    return AgentConnection::open(std::move(interrupt));
}

} // namespace sceau::cli
