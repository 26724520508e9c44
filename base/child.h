// Programs of ours that we start for one task, and what a person's dialog runs in: each is killable, and sees nothing
// of us but what it is given. The agent waits for a child's end by its pidfd; nothing here blocks but reap(), a second
// at most. channel.h is how one talks to them, confinement.h what they do first.
#pragma once

#include "base/environment.h"
#include "base/result.h"
#include "base/unique_fd.h"

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sceau::base {

/// A descriptor of ours, and the number under which the child has it.
struct Passed {
    int ours;
    int theirs;
};

struct Limit {
    decltype(RLIMIT_DATA) resource;
    rlim_t most; // the soft limit, where it is not lower already
};

struct Program {
    std::filesystem::path path;
    std::vector<std::string> arguments; // behind its own name
    Variables environment;              // all of it: nothing is inherited
    std::vector<Passed> descriptors;    // all of them but stderr: input and output are /dev/null where not named here
    std::vector<Limit> limits = {};     // in force once start() has returned, so before what is sent to it then
};

class Child {
  public:
    /// With no signal blocked or ignored, whatever we do with ours. `internal` where it cannot be started.
    static Result<Child> start(const Program& program);

    /// A child of this process that nobody has waited for: its number is still its own.
    explicit Child(pid_t pid);
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    /// Kills the process if it still runs, and reaps it (reap()).
    ~Child();

    /// -1 once it is reaped or released.
    pid_t pid() const { return pid_; }
    /// A pidfd: readable when the process has ended.
    int end() const { return process_.value(); }
    bool is_running() const;
    void kill(int signal) const;

    /// Kills the process if it still runs; its status as waitpid(2) has it. One that is stuck in the kernel (a driver
    /// that does not answer) does not die: after a second it is left as it is, a zombie once it can die, until this
    /// process ends. None then, and where it was reaped before.
    std::optional<int> reap();

    /// Leaves it to whoever has its number.
    pid_t release();

  private:
    pid_t pid_ = -1;
    UniqueFd process_; // pidfd
};

/// "exit status 1", "signal 11 (Segmentation fault)"
std::string told_end(int status);

} // namespace sceau::base
