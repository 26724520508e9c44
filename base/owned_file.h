// A file from which something is decided, from which only those can have written who may decide: the agent's
// configuration and the certificates of issuers.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace sceau::base {

/// Who may own such a file. No other account may be able to write to it.
struct Writers {
    std::set<uid_t> owners;
    bool group = false;  // the file's group may write to it too, as with a umask of 002
    bool folder = false; // the folder that it is in is held to the same, or somebody could put another file there
};

/// What an administrator decides for all, what a person may decide for themselves.
Writers for_all(uid_t administrator = 0);
Writers for_oneself(uid_t administrator = 0);

/// None where there is no such file; a link that leads nowhere, a folder above it that cannot be searched, a file that
/// cannot be read, is no regular file or is not `writers`' alone is `invalid_parameter` with the file's name and what
/// to do: what cannot be looked at must not count as empty. 1 MiB at most.
Result<std::optional<std::string>> read_owned_file(const std::filesystem::path& path, const Writers& writers);

} // namespace sceau::base
