#include "base/file_access.h"

#include "base/unique_fd.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <utility>

namespace sceau::base {

namespace {

long abi()
{
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

#ifndef SCEAU_SANITIZED

// Linux 6.2 names it; the headers of Debian 12 are of 6.1.
constexpr std::uint64_t kTruncate = 1ULL << 14;

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kChange =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER | kTruncate;
constexpr std::uint64_t kOfOneFile = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;

/// Returns the access rights that both this kernel and this code know.
std::uint64_t governed_by(long version)
{
    std::uint64_t all = kRead | kChange | LANDLOCK_ACCESS_FS_EXECUTE;
    if (version < 2)
        all &= ~LANDLOCK_ACCESS_FS_REFER;
    if (version < 3)
        all &= ~kTruncate;
    return all;
}

bool allow(int ruleset, const std::filesystem::path& path, std::uint64_t access)
{
    const UniqueFd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat kind{};
    if (!file || ::fstat(file.value(), &kind) != 0)
        return true;
    if (!S_ISDIR(kind.st_mode))
        access &= kOfOneFile;
    const landlock_path_beneath_attr rule{.allowed_access = access, .parent_fd = file.value()};
    return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

#endif

} // namespace

bool can_restrict_files()
{
    return abi() > 0;
}

bool restrict_files([[maybe_unused]] const FileAccess& access)
{
    const long version = abi();
    if (version <= 0)
        return false;
#ifndef SCEAU_SANITIZED
    const std::uint64_t governed = governed_by(version);
    const landlock_ruleset_attr attributes{.handled_access_fs = governed};
    const UniqueFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset)
        return false;
    const std::array<std::pair<const std::vector<std::filesystem::path>*, std::uint64_t>, 3> rules{
        {{&access.readable, kRead},
         {&access.writable, kRead | kChange},
         {&access.parents, LANDLOCK_ACCESS_FS_REMOVE_DIR}}};
    for (const auto& [paths, rights] : rules)
        for (const auto& path : *paths)
            if (!allow(ruleset.value(), path, rights & governed))
                return false;
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_landlock_restrict_self, ruleset.value(), 0) == 0;
#else
    return true;
#endif
}

} // namespace sceau::base
