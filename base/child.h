// Starts our own programs for one task each, and the programs that show a person's dialogs. Each child can be killed
// and sees nothing of this process except what it is given. The agent waits for the end of a child by its pidfd; only
// reap() blocks, for at most a second. channel.h is the connection to a child; confinement.h is what a child does
// first.
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

/// A descriptor of this process and the number under which the child has it.
struct Passed {
    int ours;
    int theirs;
};

struct Limit {
    decltype(RLIMIT_DATA) resource;
    rlim_t most; // the new soft limit, unless the present one is lower
};

struct Program {
    std::filesystem::path path;
    std::vector<std::string> arguments; // without the program's own name
    Variables environment;              // the complete environment: nothing is inherited
    std::vector<Passed> descriptors;    // all of them except stderr; input and output are /dev/null unless named here
    std::vector<Limit> limits = {};     // in force when start() returns, so before anything is sent to the child
};

class Child {
  public:
    /// The child starts without blocked or ignored signals, whatever this process blocks or ignores. Fails with
    /// `internal` if the program cannot be started.
    static Result<Child> start(const Program& program);

    /// Takes over a child of this process that nobody has waited for, so that its pid is still its own.
    explicit Child(pid_t pid);
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    /// Kills the process if it still runs, and reaps it (see reap()).
    ~Child();

    /// Returns -1 after the child was reaped or released.
    pid_t pid() const { return pid_; }
    /// Returns a pidfd, which is readable once the process has ended.
    int end() const { return process_.value(); }
    bool is_running() const;
    void kill(int signal) const;

    /// Kills the process if it still runs, and returns its status as in waitpid(2). A process that is stuck in the
    /// kernel (because of a driver that does not answer) does not die. After a second it is left alone; it becomes a
    /// zombie once it can die, until this process ends. Returns nothing in that case and if the child was reaped
    /// before.
    std::optional<int> reap();

    /// Leaves the child to the caller, which gets its pid.
    pid_t release();

  private:
    pid_t pid_ = -1;
    UniqueFd process_; // pidfd
};

/// "exit status 1", "signal 11 (Segmentation fault)"
std::string told_end(int status);

} // namespace sceau::base
