// Tokens and keys as tables for a person.
#pragma once

#include "clients/cli/words.h"
#include "ipc/messages.h"

#include <string>
#include <vector>

namespace sceau::cli {

/// Returns one row per token, with what it says about its PIN, or a sentence if there are no tokens.
std::string token_table(const std::vector<ipc::Token>& tokens, const Console& console);

/// Returns one row per key, or a sentence if there are no keys. A row says what keeps the key from signing mail now or
/// soon, or what makes receivers doubt it.
std::string key_table(const std::vector<ipc::Key>& keys, Moment now, const Console& console);

} // namespace sceau::cli
