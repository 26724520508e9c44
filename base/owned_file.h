// Files that decide something, and that only those who may decide can have written: the agent's configuration and the
// certificates of issuers.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace sceau::base {

/// Who may own such a file. No other account may have write access.
struct Writers {
    std::set<uid_t> owners;
    bool group = false;  // the file's group may write too, as with a umask of 002
    bool folder = false; // the same holds for the file's folder, or somebody could put another file there
};

/// for_all() is for what an administrator decides for everyone, for_oneself() for what a person decides for themselves.
Writers for_all(uid_t administrator = 0);
Writers for_oneself(uid_t administrator = 0);

/// Returns nothing if the file does not exist. Fails with `invalid_parameter`, with the file's name and what to do, for
/// a link that leads nowhere, a folder above it that cannot be searched, and a file that cannot be read, is not a
/// regular file or can be written by anyone but `writers`: a file that cannot be examined must not count as empty.
/// Reads at most 1 MiB.
Result<std::optional<std::string>> read_owned_file(const std::filesystem::path& path, const Writers& writers);

} // namespace sceau::base
