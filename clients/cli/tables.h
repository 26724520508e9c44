// Tokens and keys as tables for a person.
#pragma once

#include "clients/cli/words.h"
#include "ipc/messages.h"

#include <string>
#include <vector>

namespace sceau::cli {

/// A row a token, with what it says of its PIN; a sentence where there is none.
std::string token_table(const std::vector<ipc::Token>& tokens, const Console& console);

/// A row a key, with what keeps it from signing mail at that moment, or will soon, or makes receivers doubt it; a
/// sentence where there is none.
std::string key_table(const std::vector<ipc::Key>& keys, Moment now, const Console& console);

} // namespace sceau::cli
