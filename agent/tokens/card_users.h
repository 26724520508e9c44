// Lists the programs that use smartcards. A person who waits for a card wants to know which program to close.
#pragma once

#include <string>
#include <vector>

namespace sceau::agent {

/// Returns "scdaemon (1234)" for each process of this user that has PC/SC Lite loaded, except this process and its
/// children. Processes that /proc does not show are missing: those of other users, and those that forbid inspection.
std::vector<std::string> programs_that_use_cards();

} // namespace sceau::agent
