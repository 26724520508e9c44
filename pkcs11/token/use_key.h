// The tasks that need the PIN: sign, decrypt, derive. Each has at most one user login.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Finds the token, reports Ready, waits for the PIN, does the operation and reports Performed or Failed; then the
/// module is finalised and the card reset. A card to which nobody logged in is left as it is. Nothing is reported if
/// the agent closes its end instead of sending a PIN. A returned error has not been reported.
base::Result<> use_key(int channel, const std::filesystem::path& module, const KeyTask& task);

} // namespace sceau::pkcs11::token
