// What the agent knows, in the words of the wire.
#pragma once

#include "agent/config.h"
#include "agent/tokens/inventory.h"
#include "ipc/messages.h"

#include <map>
#include <string>
#include <vector>

namespace sceau::agent {

std::vector<ipc::Token> wire_tokens(const Inventory& inventory, const Config& config);

/// Only the keys whose certificate has the address, and that may be used so, where that is wanted; of those that are
/// known, and whose tokens are not there, too where these are wanted. As many as an answer has room for.
std::vector<ipc::Key> wire_keys(const Inventory& inventory, const std::map<base::KeyId, Key>& known,
                                const ipc::ListKeys::Parameters& wanted);

} // namespace sceau::agent
