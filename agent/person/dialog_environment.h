// The environment of a program that opens a window. The user manager learns the display of a graphical session when the
// session begins. An agent that a plugged token started earlier has no display, and an agent that outlived a session
// has the old one, so the manager is asked each time.
#pragma once

#include "agent/wait.h"
#include "base/environment.h"

namespace sceau::agent {

/// Returns the display, the session bus, the person's name and folders and the kind of terminal, from the agent's own
/// variables. It contains nothing that makes a dialog load code or look for files elsewhere, and no locale: the caller
/// sets that. If the user manager started the agent, the variables of the display and the session bus are the manager's
/// current ones; if the manager does not answer within a second, they are the agent's own. A dialog that is to open on
/// a terminal gets neither display nor session bus.
asio::awaitable<base::Result<base::Variables>> dialog_environment(bool in_session);

/// Returns the locale of the session's messages, for a caller that does not send its own. It comes from the manager's
/// current environment in the same way.
asio::awaitable<base::Result<std::string>> session_locale();

} // namespace sceau::agent
