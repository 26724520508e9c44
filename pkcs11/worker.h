// The agent's handle to a sceau-token process: one task, at most one login, then it is gone. The handle blocks nowhere:
// the agent waits for events() to become readable and then calls receive(). Nothing of PKCS#11 shows here.
#pragma once

#include "base/child.h"
#include "base/secret.h"
#include "pkcs11/words.h"

#include <chrono>
#include <map>

namespace sceau::pkcs11 {

/// A vendor's PKCS#11 module, as the configuration names it.
struct Module {
    std::filesystem::path path;
    std::map<std::string, std::string> environment; // e.g. SOFTHSM2_CONF, beside what is in every worker's
    std::chrono::seconds timeout{30};               // for each task, the time a person takes not counted
};

/// Killed and reaped when it goes (base::Child).
class Worker {
  public:
    /// Starts the program sceau-token (base::libexec_program), its environment the module's with PATH, HOME, the user's
    /// name and the locale where the module's has none, with nothing of ours but its end of the channel and stderr, and
    /// gives it the task. A task without a module takes an empty one. `internal` where that fails. The worker dies with
    /// the thread that started it.
    static base::Result<Worker> start(const Module& module, const Task& task);

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

    pid_t pid() const { return child_.pid(); }

  private:
    Worker(base::UniqueFd channel, base::Child child, base::UniqueFd events);
    base::Result<> is_alone() const;
    /// The process's end as a report or an error, its exit status read.
    base::Result<std::optional<Report>> ended();

    base::UniqueFd channel_; // closed after the child's end: a monitor takes that for the agent's
    base::Child child_;
    base::UniqueFd events_; // epoll: of both
    Discovered discovered_; // so far: a token and each of its objects come in packets of their own
    bool has_result_ = false;
};

} // namespace sceau::pkcs11
