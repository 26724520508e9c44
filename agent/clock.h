// The agent's clock for deadlines. Nobody can set it.
#pragma once

#include <chrono>

namespace sceau::agent {

using Clock = std::chrono::steady_clock;

} // namespace sceau::agent
