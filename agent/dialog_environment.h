// The environment of a program that opens a window. The user manager learns a graphical session's display when that
// session begins. An agent that a plugged token started before has no display, and one that outlived a session has the
// old one: so the manager is asked each time.
#pragma once

#include "agent/wait.h"
#include "base/environment.h"

namespace sceau::agent {

/// The display, the session bus, the person's name and folders, the locale and the terminal's kind, from the agent's
/// own variables; nothing that makes a dialog load code or look for files elsewhere. Where the user manager started the
/// agent, those that tell of the display and the session bus are the manager's of now; one that does not answer within
/// a second leaves the agent's own.
asio::awaitable<base::Result<base::Variables>> dialog_environment();

} // namespace sceau::agent
