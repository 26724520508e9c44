// One signature by a token, asked of the agent, with the person told what is waited for.
#pragma once

#include "base/digest.h"
#include "clients/cli/agent_connection.h"

namespace sceau::cli {

/// ECDSA: DER. The terminal is given to the agent for its PIN dialog and is left as it was found.
Outcome<base::Bytes> token_signature(AgentConnection& agent, const base::KeyId& key, base::Scheme scheme,
                                     const base::Digest& digest, const Console& console);

/// The line for a stage of the signature; empty for those that are told by the dialog, which may be drawn on the same
/// terminal.
std::string explained(const ipc::Progress& progress, const Console& console);

} // namespace sceau::cli
