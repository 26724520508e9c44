// One signature asked of the agent. For the command, for libsceau and for the PKCS#11 module: what they do in one
// place.
#pragma once

#include "ipc/client.h"

namespace sceau::client {

/// False gives the signature up: the agent closes its dialog.
using OnProgress = std::function<bool(const ipc::Progress&)>;

/// Waits as long as the person takes. ECDSA: DER SEQUENCE of r and s (RFC 3279 §2.2.3). The agent's error, or
/// `cancelled` when given up.
base::Result<base::Bytes> sign(ipc::Client& agent, const ipc::Sign::Parameters& request, const OnProgress& on_progress);

} // namespace sceau::client
