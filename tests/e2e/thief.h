// A hostile program of the same person that lies in wait for the agent's workers and means to have the PIN: what P7 is
// against. It never spares a worker, and reads only what it may not.
#pragma once

#include "tests/support/child.h"

#include <string>

namespace sceau::test {

/// How it gets hold of a worker, between that one's exec and its PR_SET_DUMPABLE.
enum class Grip {
    open_memory,     // opens /proc/PID/mem, and keeps it
    stay_attached,   // traces it, until it ends
    keep_it_dumpable // traces it, lets PR_SET_DUMPABLE come to nothing, leaves it, and opens its memory
};

class Thief {
  public:
    /// The agent's process, and the PIN that tells it that it has found one.
    Thief(pid_t agent, Grip grip, std::string pin);

    /// Whether it has read the PIN from a worker's memory.
    bool has_stolen() const { return thief_.has_news(); }

  private:
    Child thief_;
};

} // namespace sceau::test
