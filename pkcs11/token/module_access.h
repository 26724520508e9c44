// Which files a worker needs for its task, and so which it keeps: sceau-token gives the others up before it loads the
// module.
#pragma once

#include "base/file_access.h"
#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

/// Without a module, and with Debian's OpenSC: the system's files to read, and its own cache (which
/// the monitor may clear away). Another vendor's module reads all files of the person's, and writes below
/// /tmp, /var, /dev, /run/lock and what its environment names: a folder, such as HOME, or a file's folder.
base::FileAccess file_access(const std::filesystem::path& module, const Task& task);

} // namespace sceau::pkcs11::token
