// The agent's handle to a sceau-token process, which does one task with at most one login and exits. The handle never
// blocks: the agent waits for events() to become readable and then calls receive(). Nothing here depends on PKCS#11.
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
    std::map<std::string, std::string> environment; // e.g. SOFTHSM2_CONF, in addition to that of every worker
    std::chrono::seconds timeout{30};               // for each task, not counting the time that a person takes
};

/// The process is killed and reaped when this object is destroyed (base::Child).
class Worker {
  public:
    /// Starts sceau-token (base::libexec_program) and gives it the task; a task that needs no module takes an empty
    /// one. The environment is the module's, plus PATH, HOME, the user's name and the locale if the module does not set
    /// them. The worker inherits only stderr and its end of the channel, and dies with the thread that started it.
    /// Fails with `internal`.
    static base::Result<Worker> start(const Module& module, const Task& task);

    /// Becomes readable when a report has come or the process has ended, even if a process that the module started has
    /// inherited the channel.
    int events() const { return events_.value(); }
    /// The agent's end.
    int channel() const { return channel_.value(); }

    /// Returns the next report, or nothing if it has not come yet. Fails with `token_failed` if the process ended
    /// without the task's result, crashed or was killed (the message names the signal), or sent something that is not a
    /// report. After an error or Ended there is nothing more to receive.
    base::Result<std::optional<Report>> receive();

    /// Sends the PIN after Ready; an empty secret means that the PIN is typed at the reader. Fails with `token_failed`
    /// if the process has ended, or if another program of the person traces it or could read it; then nothing is sent
    /// and the process is killed.
    base::Result<> send_pin(const base::Secret& pin);

    pid_t pid() const { return child_.pid(); }

  private:
    Worker(base::UniqueFd channel, base::Child child, base::UniqueFd events);
    base::Result<> is_alone() const;
    /// Reads the exit status and returns the process's end as a report or an error.
    base::Result<std::optional<Report>> ended();

    base::UniqueFd channel_; // closed after the child's end, since a monitor takes its closing for the agent's end
    base::Child child_;
    base::UniqueFd events_; // an epoll descriptor over both
    Discovered discovered_; // collected so far: a token and each of its objects come in separate packets
    bool has_result_ = false;
};

} // namespace sceau::pkcs11
