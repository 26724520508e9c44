// What the tasks tell the agent, on the channel that it gave the worker.
#pragma once

#include "pkcs11/message.h"

namespace sceau::pkcs11::token {

/// Waits until the agent has room for it. `io` when the agent has gone.
base::Result<> report(int channel, const Message& message);

} // namespace sceau::pkcs11::token
