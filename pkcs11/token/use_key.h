// The tasks that need the PIN: sign, decrypt, derive. One user login at most.
#pragma once

#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Finds the token, reports Ready, waits for the PIN, does the operation and reports Performed or Failed; then the
/// module is finalised and the card reset. A card that nobody logged in to is left as it is. Nothing is reported when
/// the agent closes its end instead of sending a PIN. What is returned as an error was not reported.
base::Result<> use_key(int channel, const std::filesystem::path& module, const KeyTask& task);

} // namespace sceau::pkcs11::token
