// Tells the system's journal the head of the agent's own. The person can rewrite the agent's journal, but not the
// system's, which may also go to another machine: `sceau journal verify` compares them.
#pragma once

#include "base/chain_link.h"

namespace sceau::agent {

/// Where there is no system journal nothing happens.
void tell_system_journal(const std::filesystem::path& journal, const base::ChainHead& head);

} // namespace sceau::agent
