// The monitor task, the one that lives as long as the agent: which readers there are and which hold a card, each time
// that changes. It opens no card and loads no module.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Reports Readers at the start and after each change, until the agent is gone. A pcscd that is absent is reported and
/// tried again.
base::Result<> monitor_readers(int channel, const MonitorTask& task);

} // namespace sceau::pkcs11::token
