// Turns Ctrl-C, a closed terminal and a request to end (SIGINT, SIGHUP, SIGTERM) into a descriptor that becomes
// readable, so that the work under way is undone: the closed connection tells the agent, and no incomplete file
// remains. For programs that do one thing and exit.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace sceau::sending {

/// From now on these signals no longer end the process. Fails with `io` if they cannot be waited for.
base::Result<base::UniqueFd> watch_for_interrupt();

} // namespace sceau::sending
