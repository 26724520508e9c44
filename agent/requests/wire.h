// Converts what the agent knows to the messages of the wire.
#pragma once

#include "agent/config.h"
#include "agent/tokens/inventory.h"
#include "ipc/messages.h"

#include <map>
#include <string>
#include <vector>

namespace sceau::agent {

std::vector<ipc::Token> wire_tokens(const Inventory& inventory, const Config& config);

/// Returns the keys that match `wanted`: an address in the certificate, a use that the certificate permits. Known keys
/// whose tokens are not plugged in are included if these are wanted. Returns only as many as fit into an answer.
std::vector<ipc::Key> wire_keys(const Inventory& inventory, const std::map<base::KeyId, Key>& known,
                                const ipc::ListKeys::Parameters& wanted);

} // namespace sceau::agent
