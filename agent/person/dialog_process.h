// The process of a dialog. sceau-dialog starts it and ties it to the agent.
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

/// Fails with `unsupported` if the program cannot be started, naming the package that has one for this environment.
base::Result<DialogProcess> start_dialog(const std::filesystem::path& program, base::Variables environment);

/// Waits until the process has ended, and kills it if it takes too long. Returns its status as waitpid(2) does.
asio::awaitable<int> end_of_dialog(pid_t pid);
using base::told_end;

} // namespace sceau::agent
