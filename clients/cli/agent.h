// The connection of the commands to the agent.
#pragma once

#include "clients/sending/agent_connection.h"

namespace sceau::cli {

using sending::AgentConnection;

/// Connects to the agent. From now on Ctrl-C ends calls instead of the process.
base::Result<AgentConnection> open_agent();

} // namespace sceau::cli
