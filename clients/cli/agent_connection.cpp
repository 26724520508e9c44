#include "clients/cli/agent_connection.h"

namespace sceau::cli {

Outcome<AgentConnection> AgentConnection::open()
{
    TRY_ASSIGN(Interrupt interrupt, Interrupt::watch());
    TRY_ASSIGN(ipc::Client client, ipc::Client::connect());
    return AgentConnection(std::move(client), std::move(interrupt));
}

bool AgentConnection::connect_again()
{
    auto client = ipc::Client::connect();
    if (!client)
        return false;
    client_ = *std::move(client);
    client_.give_up_when_readable(interrupt_.fd());
    return true;
}

} // namespace sceau::cli
