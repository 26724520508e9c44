// Explains why tokens or keys that a person expects are not seen, and what to do about it. Used by `sceau tokens`,
// `keys`, `watch` and `sign`.
#pragma once

#include "clients/words/console.h"
#include "ipc/messages.h"

#include <string>
#include <vector>

namespace sceau::words {

/// Returns two lines for each obstacle: what it is and what to do.
std::string explained(const std::vector<ipc::Obstacle>& obstacles, const Console& console);

/// Returns the tokens that have none of these keys.
std::vector<ipc::Token> tokens_without_key(const std::vector<ipc::Token>& tokens, const std::vector<ipc::Key>& keys);

/// Returns two lines for each token without a key.
std::string explained(const std::vector<ipc::Token>& without_key, const Console& console);

} // namespace sceau::words
