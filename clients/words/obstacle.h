// Why tokens or keys are not seen that a person expects, and what to do about it. For `sceau tokens`, `keys`, `watch`
// and `sign`.
#pragma once

#include "clients/words/console.h"
#include "ipc/messages.h"

#include <string>
#include <vector>

namespace sceau::words {

/// Two lines for each obstacle: what it is, what to do.
std::string explained(const std::vector<ipc::Obstacle>& obstacles, const Console& console);

/// Those of which no key is among these.
std::vector<ipc::Token> tokens_without_key(const std::vector<ipc::Token>& tokens, const std::vector<ipc::Key>& keys);

/// Two lines for each of such tokens.
std::string explained(const std::vector<ipc::Token>& without_key, const Console& console);

} // namespace sceau::words
