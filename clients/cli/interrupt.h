// Ctrl-C, a closed terminal and a request to end (SIGINT, SIGHUP, SIGTERM) as a descriptor that becomes readable, so
// that whatever is under way is undone: the agent is told by a closed connection, no half file is left.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace sceau::cli {

class Interrupt {
  public:
    /// From now on these signals no longer end the process.
    static base::Result<Interrupt> watch();

    int fd() const { return fd_.value(); }
    bool happened() const;

  private:
    explicit Interrupt(base::UniqueFd fd) : fd_(std::move(fd)) {}
    base::UniqueFd fd_;
};

} // namespace sceau::cli
