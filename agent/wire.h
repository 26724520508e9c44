// What the agent knows, in the words of the wire.
#pragma once

#include "agent/config.h"
#include "agent/inventory.h"
#include "agent/pinentry.h"
#include "base/language.h"
#include "ipc/messages.h"
#include "ipc/peer.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sceau::agent {

std::vector<ipc::Token> wire_tokens(const Inventory& inventory, const Config& config);

/// Only the keys whose certificate has the address, and that may be used so, where that is wanted; of those that are
/// known, and whose tokens are not there, too where these are wanted. As many as an answer has room for.
std::vector<ipc::Key> wire_keys(const Inventory& inventory, const std::map<base::KeyId, Key>& known,
                                const ipc::ListKeys::Parameters& wanted);

/// The terminal that a caller names, when it is the caller's own; else only the language.
PromptPlace prompt_place(const ipc::Peer& peer, const std::optional<ipc::Terminal>& terminal);

/// "thunderbird", with the program that started it: "ssh < bash". Where it calls itself otherwise than its file is
/// called, that too: "thunderbird (python3.11)". Never empty, also where nothing of its names can be seen.
std::string program_of(const ipc::Peer& peer, base::Language language);

/// Lines for the prompt about a program that anybody can have written: one that is no file of root's, or cannot be
/// looked at. A name is all that such a program needs to look like another. Nothing for a program of the system's.
std::string note_on_program(const ipc::Peer& peer, base::Language language);

} // namespace sceau::agent
