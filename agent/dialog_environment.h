// The environment of a program that opens a window. The user manager learns a graphical session's display when that
// session begins. An agent that a plugged token started before has no display, and one that outlived a session has the
// old one: so the manager is asked each time.
#pragma once

#include "agent/wait.h"

#include <string>
#include <vector>

namespace sceau::agent {

/// The agent's own variables as "NAME=value". Where the user manager started the agent, those that tell of the display
/// and the session bus are the manager's of now; one that does not answer within a second leaves the agent's own.
asio::awaitable<base::Result<std::vector<std::string>>> dialog_environment();

} // namespace sceau::agent
