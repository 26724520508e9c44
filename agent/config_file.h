// A configuration file's text, from a file that only those can have written who may decide: load_config() reads its two
// files through this.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace sceau::agent {

/// Who may own a configuration file. No other account may be able to write to it.
struct Writers {
    std::set<uid_t> owners;
    bool group = false;  // the file's group may write to it too, as with a umask of 002
    bool folder = false; // the folder that it is in is held to the same, or somebody could put another file there
};

/// None where there is no such file; a link that leads nowhere, a folder above it that cannot be searched, a file that
/// cannot be read, is no regular file or is not `writers`' alone is `invalid_parameter` with the file's name and what
/// to do: a configuration that cannot be looked at must not count as one that forbids nothing. 1 MiB at most.
base::Result<std::optional<std::string>> read_config_file(const std::filesystem::path& path, const Writers& writers);

} // namespace sceau::agent
