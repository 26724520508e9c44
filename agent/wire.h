// What the agent knows, in the words of the wire.
#pragma once

#include "agent/config.h"
#include "agent/inventory.h"
#include "agent/pinentry.h"
#include "ipc/messages.h"
#include "ipc/peer.h"

#include <optional>
#include <string>
#include <vector>

namespace sceau::agent {

std::vector<ipc::Token> wire_tokens(const Inventory& inventory, const Config& config);

/// Only the keys whose certificate has the address, and that may be used so, where one is given. As many as an answer
/// has room for.
std::vector<ipc::Key> wire_keys(const Inventory& inventory, const std::optional<std::string>& address,
                                std::optional<ipc::Usage> usage);

/// The terminal that a caller names, when it is the caller's own; else only the language.
PromptPlace prompt_place(const ipc::Peer& peer, const std::optional<ipc::Terminal>& terminal, std::string locale);

} // namespace sceau::agent
