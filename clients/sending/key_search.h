// Finds the key for a signature among those that the agent lists.
#pragma once

#include "clients/sending/agent.h"

namespace sceau::sending {

struct KeyWanted {
    std::string name; // see keys_named; empty: any key
    Senders senders;
    Moment now;
};

/// Returns the key that choose_key chooses. If none fits, or only one whose token is not plugged in, the agent looks at
/// the tokens again. Fails with NoKeys, or with NoKeyFits and the obstacles to more keys, or with an error if `name`
/// does not name a key.
Outcome<ipc::Key> find_key(Agent& agent, const KeyWanted& wanted);

} // namespace sceau::sending
