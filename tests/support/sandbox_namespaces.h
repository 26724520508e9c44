// Where pcscd-sandbox runs pcscd: a mount and a network namespace of its own, as an ordinary user in a user namespace.
#pragma once

#include <filesystem>

namespace sceau::test {

/// Moves the process there. The folder lies over /run/pcscd, which is where pcscd insists to have its socket, and its
/// folder "drivers" over pcscd's. vpcd may listen on every address, since there is none but loopback and nobody else on
/// it. std::runtime_error where the system does not allow that.
void enter_sandbox(const std::filesystem::path& folder);

} // namespace sceau::test
