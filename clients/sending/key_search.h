// The key for a signature, among those of which the agent tells.
#pragma once

#include "clients/sending/agent.h"

namespace sceau::sending {

struct KeyWanted {
    std::string name; // see keys_named; empty: any key
    Senders senders;
    Moment now;
};

/// The key that choose_key takes. The agent looks at the tokens again where none fits, or only one whose token is not
/// plugged in. NoKeys or NoKeyFits with the obstacles to more keys; an error where `name` names no key.
Outcome<ipc::Key> find_key(Agent& agent, const KeyWanted& wanted);

} // namespace sceau::sending
