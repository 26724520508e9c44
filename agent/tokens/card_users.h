// Which programs use smartcards: whoever waits for a card wants to know which program to close.
#pragma once

#include <string>
#include <vector>

namespace sceau::agent {

/// "scdaemon (1234)" for each process of this user that has PC/SC Lite loaded, this process and its children not
/// counted. What /proc does not show is missing: other users' programs, and those that forbid to be looked at.
std::vector<std::string> programs_that_use_cards();

} // namespace sceau::agent
