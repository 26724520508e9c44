// Closing a connection without waiting. Descriptors that a client sent along (SCM_RIGHTS) lie in the socket until
// somebody receives them or the socket is closed, and the last close() of a foreign descriptor may take as long as its
// owner likes (SO_LINGER, a file system in user space). Only for ipc's own .cpp files.
#pragma once

#include "base/unique_fd.h"

namespace sceau::ipc {

/// The other end sees its end at once. What it sent and nobody has read is left to a thread of its own, with the
/// socket; there are a few of these at most, and none when nothing of the kind was to be done for a second.
void close_without_waiting(base::UniqueFd socket);

} // namespace sceau::ipc
