// Closes a connection without waiting. Descriptors that a client sent along (SCM_RIGHTS) stay in the socket until
// someone receives them or the socket is closed, and the last close() of a foreign descriptor may take as long as its
// owner likes (SO_LINGER, a file system in user space). Only for ipc's own .cpp files.
#pragma once

#include "base/unique_fd.h"

namespace sceau::ipc {

/// The other end sees the end of the connection at once. If it sent something that nobody has read, the socket is
/// handed to a thread. There are only a few such threads, and they end when they have had nothing to do for a second.
void close_without_waiting(base::UniqueFd socket);

/// Closes a descriptor that a client sent along, on one of these threads.
void close_foreign_without_waiting(base::UniqueFd descriptor);

} // namespace sceau::ipc
