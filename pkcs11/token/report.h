// Sends the tasks' reports on the channel that the agent gave the worker.
#pragma once

#include "pkcs11/message.h"

namespace sceau::pkcs11::token {

/// Waits until the agent has room for the message. Fails with `io` if the agent has exited.
base::Result<> report(int channel, const Message& message);

} // namespace sceau::pkcs11::token
