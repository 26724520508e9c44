// The agent's clock for deadlines: one that nobody sets.
#pragma once

#include <chrono>

namespace sceau::agent {

using Clock = std::chrono::steady_clock;

} // namespace sceau::agent
