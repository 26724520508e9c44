// The agent as commands ask it.
#pragma once

#include "clients/sending/agent_connection.h"

namespace sceau::cli {

using sending::AgentConnection;

/// From now on Ctrl-C ends calls, not the process.
base::Result<AgentConnection> open_agent();

} // namespace sceau::cli
