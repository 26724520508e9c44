// The agent's handle to a sceau-token process: one task, at most one login, then it is gone. The handle blocks nowhere:
// the agent waits for events() to become readable and then calls receive(). Nothing of PKCS#11 shows here.
#pragma once

#include "base/secret.h"
#include "base/unique_fd.h"
#include "pkcs11/words.h"

#include <sys/types.h>

#include <chrono>
#include <map>

namespace sceau::pkcs11 {

/// A vendor's PKCS#11 module, as the configuration names it.
struct Module {
    std::filesystem::path path;
    std::map<std::string, std::string> environment; // e.g. SOFTHSM2_CONF, beside what is in every worker's
    std::chrono::seconds timeout{30};               // for each task, the time a person takes not counted
};

class Worker {
  public:
    /// Starts the program sceau-token (base::libexec_program) with posix_spawn, its environment the module's with PATH,
    /// HOME, the user's name and the locale where the module's has none, one end of a SOCK_SEQPACKET pair as its
    /// descriptor 3, no other descriptor of ours but stderr, and gives it the task. A task without a module takes an
    /// empty one. `internal` where that fails. The worker dies with the thread that started it.
    static base::Result<Worker> start(const Module& module, const Task& task);

    Worker(Worker&&) noexcept;
    Worker& operator=(Worker&&) noexcept;
    /// Kills the process if it still runs, and reaps it. One that is stuck in the kernel (a driver that does not
    /// answer) does not die: after a second it is left as it is, a zombie once it can die, until this process ends.
    ~Worker();

    /// Becomes readable when a report has come or the process has ended; a process of the module's that has inherited
    /// the channel does not keep that from being seen.
    int events() const { return events_.value(); }
    /// The agent's end.
    int channel() const { return channel_.value(); }

    /// The next report; none when it has not come yet. `token_failed` when the process ended without the task's result
    /// or otherwise than by itself (it crashed or was killed: the message says by which signal), or sent what is no
    /// report. After that error, and after Ended, there is nothing more to receive.
    base::Result<std::optional<Report>> receive();

    /// After Ready. An empty secret means: the PIN is typed at the reader. `token_failed` when the process is gone, or
    /// is traced or otherwise open to another program of the person: it is killed then, and nothing was sent.
    base::Result<> send_pin(const base::Secret& pin);

    pid_t pid() const { return pid_; }

  private:
    Worker(base::UniqueFd channel, base::UniqueFd process, base::UniqueFd events, pid_t pid);
    bool is_running() const;
    base::Result<> is_alone() const;
    /// The process's end as a report or an error, its exit status read.
    base::Result<std::optional<Report>> ended();
    /// waitpid's status; none when the process does not die within a second of SIGKILL.
    std::optional<int> reap();

    base::UniqueFd channel_;
    base::UniqueFd process_; // pidfd
    base::UniqueFd events_;  // epoll: of both
    pid_t pid_ = -1;         // -1 once it is reaped
    Discovered discovered_;  // so far: a token and each of its objects come in packets of their own
    bool has_result_ = false;
};

} // namespace sceau::pkcs11
