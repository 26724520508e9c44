// The namespaces in which pcscd-sandbox runs pcscd: a mount and a network namespace, as an ordinary user in a user
// namespace.
#pragma once

#include <filesystem>

namespace sceau::test {

/// Moves the process into the namespaces. The folder is mounted over /run/pcscd, where pcscd insists on having its
/// socket, and its folder "drivers" over pcscd's. vpcd may listen on every address, since only the loopback exists and
/// nothing else uses it. Throws std::runtime_error if the system does not allow this.
void enter_sandbox(const std::filesystem::path& folder);

} // namespace sceau::test
