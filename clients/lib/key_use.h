// One use of a key asked of the agent. For the command, for libsceau and for the PKCS#11 module: what they do in one
// place. Each says where and in which language the person may be asked, this program's terminal and locale where the
// request has none, and leaves the terminal as it was found. Each waits as long as the person takes, and ends with the
// agent's error, or `cancelled` when given up.
#pragma once

#include "ipc/client.h"

namespace sceau::client {

/// False gives the request up: the agent closes its dialog.
using OnProgress = std::function<bool(const ipc::Progress&)>;

/// ECDSA: DER SEQUENCE of r and s (RFC 3279 §2.2.3).
base::Result<base::Bytes> sign(ipc::Client& agent, const ipc::Sign::Parameters& request, const OnProgress& on_progress);

/// The plaintext. The same again on the same connection within a minute is answered without asking the person.
base::Result<base::Bytes> decrypt(ipc::Client& agent, const ipc::Decrypt::Parameters& request,
                                  const OnProgress& on_progress);

/// The x of the shared point; else as decrypt().
base::Result<base::Bytes> derive(ipc::Client& agent, const ipc::Derive::Parameters& request,
                                 const OnProgress& on_progress);

} // namespace sceau::client
