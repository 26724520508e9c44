// Ctrl-C, a closed terminal and a request to end (SIGINT, SIGHUP, SIGTERM) as a descriptor that becomes readable, so
// that whatever is under way is undone: the agent is told by a closed connection, no half file is left. For programs
// that do one thing and end.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace sceau::sending {

/// From now on these signals no longer end the process. `io` where they cannot be waited for.
base::Result<base::UniqueFd> watch_for_interrupt();

} // namespace sceau::sending
