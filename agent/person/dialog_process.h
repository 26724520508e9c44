// The process of a dialog: started by sceau-dialog, which ties it to the agent, and waited for when it goes.
#pragma once

#include "agent/wait.h"
#include "base/child.h"

#include <filesystem>

namespace sceau::agent {

struct DialogProcess {
    pid_t pid = -1;
    base::UniqueFd to;   // its standard input
    base::UniqueFd from; // its standard output
};

/// `unsupported` where the program cannot be started, with the package that has one for this environment.
base::Result<DialogProcess> start_dialog(const std::filesystem::path& program, base::Variables environment);

/// Waits until it has ended, at the latest by force; its status as waitpid(2) has it.
asio::awaitable<int> end_of_dialog(pid_t pid);
using base::told_end;

} // namespace sceau::agent
