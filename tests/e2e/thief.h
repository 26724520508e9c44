// A hostile program of the same person that waits for the agent's workers and tries to get the PIN, which P7 is to
// prevent. It attacks every worker, and reads only what it may not.
#pragma once

#include "tests/support/child.h"

#include <string>

namespace sceau::test {

/// How it gets hold of a worker between the worker's exec and its PR_SET_DUMPABLE.
enum class Grip {
    open_memory,     // opens /proc/PID/mem, and keeps it
    stay_attached,   // traces the worker until it ends
    keep_it_dumpable // traces it, cancels its PR_SET_DUMPABLE, detaches, and opens its memory
};

class Thief {
  public:
    /// `agent` is the agent's process. `pin` is the PIN to search for.
    Thief(pid_t agent, Grip grip, std::string pin);

    /// Whether it has read the PIN from a worker's memory.
    bool has_stolen() const { return thief_.has_news(); }

  private:
    Child thief_;
};

} // namespace sceau::test
