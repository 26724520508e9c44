// The agent's handle to a sceau-preview process, which reads one content and exits. The handle never blocks: the agent
// waits for events() to become readable and then calls receive(). How long it waits is its own matter; when the handle
// is destroyed the process is killed. Nothing here depends on a parser of mails.
#pragma once

#include "base/child.h"
#include "base/scheme.h"
#include "preview/message.h"

#include <chrono>
#include <filesystem>

namespace sceau::preview {

struct Ended {};

using Report = std::variant<ContentHash, Summary, Ended>;

class Preview {
  public:
    /// Starts sceau-preview (base::libexec_program) on a content, which must be a sealed memfd: the process reads it
    /// while others could otherwise change it. The process inherits only stderr, its end of the channel and that
    /// descriptor, which it shares with the caller, and gets no environment but its own. Fails with `internal`.
    static base::Result<Preview> start(int content, base::Hash hash);
    /// As above, with another program.
    static base::Result<Preview> start(int content, base::Hash hash, const std::filesystem::path& program);

    /// Becomes readable when a report has come or the process has ended.
    int events() const { return events_.value(); }

    /// Returns the next report, or nothing if it has not come yet. The content's hash, whose size is the hash's, was
    /// sent before a parser saw the content, so it comes first. The others are to be believed only once Ended has come:
    /// a second hash, say, is an error even after the summary. Fails with `evidence_mismatch` for everything but the
    /// three reports in their order: the process crashed, was killed, ended too early or sent something else. After an
    /// error or Ended there is nothing more to receive.
    base::Result<std::optional<Report>> receive();

    pid_t pid() const { return child_.pid(); }

  private:
    Preview(base::UniqueFd channel, base::Child child, base::UniqueFd events, std::size_t hash_size);
    /// Reads the exit status and returns the process's end as a report or an error.
    base::Result<std::optional<Report>> ended();

    base::UniqueFd channel_;
    base::Child child_;
    base::UniqueFd events_; // an epoll descriptor over both
    std::size_t hash_size_; // in bytes
    ReportReader reader_;
};

/// What one content was found to be.
struct Seen {
    base::Bytes hash;
    Summary summary;
};

/// Starts a preview and waits for its end, for programs that have nothing else to do meanwhile. Fails with
/// `evidence_mismatch`, also when the time is over, and with `internal`.
base::Result<Seen> see(int content, base::Hash hash, std::chrono::milliseconds patience);

} // namespace sceau::preview
