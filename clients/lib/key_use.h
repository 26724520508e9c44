// Asks the agent for one use of a key, for the command, libsceau and the PKCS#11 module alike. Each function tells the
// agent where and in which language it may ask the person (this program's terminal and locale, unless the request has
// its own) and leaves the terminal as it was found. Each waits as long as the person takes. Each fails with the agent's
// error, or with `cancelled` if the request was given up.
#pragma once

#include "ipc/client.h"

namespace sceau::client {

/// Called with each progress. Returning false gives up the request, and the agent closes its dialog.
using OnProgress = std::function<bool(const ipc::Progress&)>;

/// For ECDSA the signature is a DER SEQUENCE of r and s (RFC 3279 §2.2.3).
base::Result<base::Bytes> sign(ipc::Client& agent, const ipc::Sign::Parameters& request, const OnProgress& on_progress);

/// Returns the plaintext. If the request is repeated on the same connection within a minute, the person is not asked
/// again.
base::Result<base::Bytes> decrypt(ipc::Client& agent, const ipc::Decrypt::Parameters& request,
                                  const OnProgress& on_progress);

/// Returns the x of the shared point; otherwise like decrypt().
base::Result<base::Bytes> derive(ipc::Client& agent, const ipc::Derive::Parameters& request,
                                 const OnProgress& on_progress);

} // namespace sceau::client
