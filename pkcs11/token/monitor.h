// The monitor task, the only one that runs as long as the agent: it reports the readers, and which of them hold a card,
// whenever that changes. It opens no card and loads no module.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Reports Readers at the start and after each change until the agent exits. If pcscd is absent, that is reported and
/// the connection retried.
base::Result<> monitor_readers(int channel, const MonitorTask& task);

} // namespace sceau::pkcs11::token
