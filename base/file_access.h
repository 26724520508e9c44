// What a process of ours may do with the machine's files, once it needs no more than that (Landlock). sceau-token calls
// it before a module is loaded.
#pragma once

#include <filesystem>
#include <vector>

namespace sceau::base {

/// Files and whole folders. What is not there is passed over.
struct FileAccess {
    std::vector<std::filesystem::path> readable;
    std::vector<std::filesystem::path> writable; // and readable: made, changed, renamed, removed
    std::vector<std::filesystem::path> parents;  // what is an empty folder in one of them may be removed
};

/// Whether the kernel has Landlock (5.13 and later, where it is not switched off).
bool can_restrict_files();

/// For the calling thread, those that it starts, and for good: every other file is EACCES, no program is executed, and
/// processes outside cannot be traced or their memory be opened in /proc. What is open stays open; to connect to a
/// socket needs no access. A kernel before 6.2 lets truncate(2) pass. False where can_restrict_files() is; in a
/// sanitized build, whose runtime reads what it likes, nothing is restricted.
bool restrict_files(const FileAccess& access);

} // namespace sceau::base
