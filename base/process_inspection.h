// Inspects one of our children before it is trusted with a PIN, to see whether another program of the person can read
// along.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace sceau::base {

/// Returns who traces the process (ptrace(2)), as "gdb (1234)". Returns nothing if nobody does, or if /proc hides it
/// (hidepid), which happens only where we could not trace the process either.
std::optional<std::string> tracer_of(pid_t child);

/// Returns whether no other program of the person can read the child: it is not dumpable and, as far as that can be
/// seen, runs `program` (only root sees the program of a process that is not dumpable). The child must not have been
/// waited for, so that its pid cannot belong to another process. A sanitized build does not check this, because its
/// processes are dumpable.
bool is_closed_to_others(pid_t child, const std::filesystem::path& program);

} // namespace sceau::base
