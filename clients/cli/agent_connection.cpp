#include "clients/cli/agent_connection.h"

namespace sceau::cli {

Outcome<AgentConnection> AgentConnection::open()
{
    TRY_ASSIGN(Interrupt interrupt, Interrupt::watch());
    TRY_ASSIGN(ipc::Client client, ipc::Client::connect());
    return AgentConnection(std::move(client), std::move(interrupt));
}

} // namespace sceau::cli
