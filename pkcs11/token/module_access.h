// The files that a worker needs for its task. sceau-token gives up access to all others before it loads the module.
#pragma once

#include "base/file_access.h"
#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Without a module, and with Debian's OpenSC, a worker reads the system's files and uses its own cache, which the
/// monitor may remove. Another vendor's module may read all of the person's files, and write below /tmp, /var, /dev,
/// /run/lock and the folders that its environment names, either directly, such as HOME, or by a file in them.
base::FileAccess file_access(const std::filesystem::path& module, const Task& task);

} // namespace sceau::pkcs11::token
