// The sign task: raw PKCS#11 (libp11 would keep a copy of the PIN), one user login at most.
#pragma once

#include "pkcs11/worker.h"

namespace sceau::pkcs11 {

/// Finds the token, reports Ready, waits for the PIN, signs and reports Signed or Failed; then the module is finalised
/// and the card reset. A card that nobody logged in to is left as it is. Nothing is reported when the agent closes its
/// end instead of sending a PIN. What is returned as an error was not reported.
base::Result<> sign(int channel, const std::filesystem::path& module, const SignTask& task);

} // namespace sceau::pkcs11
