// A look at one of our children before it is trusted with a PIN: whether another program of the person reads along.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace sceau::base {

/// Who traces the process (ptrace(2)), as "gdb (1234)"; none: nobody does, or /proc hides it (hidepid), which it does
/// only where we could not trace it either.
std::optional<std::string> tracer_of(pid_t child);

/// Whether the child cannot be read by other programs of the person: it is not dumpable, and runs this program as far
/// as that shows (nobody but root sees the program of a process that is not dumpable). The pid is that of a child that
/// was not waited for: it cannot have become another's. A sanitized build's processes are dumpable; there it is not
/// asked.
bool is_closed_to_others(pid_t child, const std::filesystem::path& program);

} // namespace sceau::base
