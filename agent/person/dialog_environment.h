// The environment of a program that opens a window. The user manager learns a graphical session's display when that
// session begins. An agent that a plugged token started before has no display, and one that outlived a session has the
// old one: so the manager is asked each time.
#pragma once

#include "agent/wait.h"
#include "base/environment.h"

namespace sceau::agent {

/// The display, the session bus, the person's name and folders and the terminal's kind, from the agent's own variables;
/// nothing that makes a dialog load code or look for files elsewhere, and no locale, which is the caller's. Where the
/// user manager started the agent, those that tell of the display and the session bus are the manager's of now; one
/// that does not answer within a second leaves the agent's own. A dialog that is to open on a terminal
/// gets none of these.
asio::awaitable<base::Result<base::Variables>> dialog_environment(bool in_session);

/// The locale of the session's messages, for a caller that does not say its own: in the same way the manager's of now.
asio::awaitable<base::Result<std::string>> session_locale();

} // namespace sceau::agent
