// Restricts what one of our processes may do with files to what it still needs (Landlock). sceau-token calls it before
// it loads a module.
#pragma once

#include <filesystem>
#include <vector>

namespace sceau::base {

/// Names files and whole folders. Entries that do not exist are ignored.
struct FileAccess {
    std::vector<std::filesystem::path> readable;
    std::vector<std::filesystem::path> writable; // also readable; files can be made, changed, renamed and removed
    std::vector<std::filesystem::path> parents;  // empty folders inside one of these may be removed
};

/// Returns whether the kernel has Landlock (5.13 and later, unless it is switched off).
bool can_restrict_files();

/// Restricts the calling thread and the threads that it starts, permanently. Access to every other file fails with
/// EACCES, no program can be executed, and processes outside cannot be traced, nor their memory opened in /proc. Open
/// descriptors stay usable, and connecting to a socket needs no access. Kernels before 6.2 do not restrict truncate(2).
/// Returns false when can_restrict_files() does. A sanitized build restricts nothing, because its runtime reads files
/// as it likes.
bool restrict_files(const FileAccess& access);

} // namespace sceau::base
