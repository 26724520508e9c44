#include "base/installation.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace sceau::base {

namespace fs = std::filesystem;

Result<fs::path> libexec_program(std::string_view name)
{
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& folder : {self.parent_path() / "../libexec/sceau", self.parent_path() / "../libexec"})
        if (fs::path program = (folder / name).lexically_normal(); fs::exists(program, error))
            return program;
    return std::unexpected(internal("the program " + std::string(name) + " is missing from this installation"));
}

fs::path runtime_folder()
{
    struct stat state{};
    const char* named = std::getenv("XDG_RUNTIME_DIR");
    if (named != nullptr && *named != '\0' && (::stat(named, &state) != 0 || state.st_uid == ::geteuid()))
        return named;
    const fs::path own = "/run/user/" + std::to_string(::geteuid());
    const bool is_ours = ::lstat(own.c_str(), &state) == 0 && S_ISDIR(state.st_mode) && state.st_uid == ::geteuid() &&
                         (state.st_mode & 0777) == 0700;
    return is_ours ? own : fs::path();
}

fs::path prefix_configuration(std::string_view file)
{
    std::error_code error;
    const fs::path prefix = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
    return prefix.empty() || prefix == "/usr" || prefix == "/" ? fs::path() : prefix / "etc/sceau" / file;
}

fs::path user_folder()
{
    if (const char* folder = std::getenv("XDG_CONFIG_HOME"); folder != nullptr && *folder == '/')
        return fs::path(folder) / "sceau";
    const char* home = std::getenv("HOME");
    return fs::path(home != nullptr ? home : "/") / ".config/sceau";
}

fs::path state_folder()
{
    if (const char* folder = std::getenv("XDG_STATE_HOME"); folder != nullptr && *folder == '/')
        return fs::path(folder) / "sceau";
    const char* home = std::getenv("HOME");
    return fs::path(home != nullptr ? home : "/") / ".local/state/sceau";
}

fs::path default_journal()
{
    return state_folder() / "journal.jsonl";
}

Result<fs::path> socket_path()
{
    if (const char* path = std::getenv("SCEAU_SOCKET"); path != nullptr && *path != '\0')
        return path;
    if (const fs::path runtime = runtime_folder(); !runtime.empty())
        return runtime / "sceau" / "agent";
    return std::unexpected(agent_unreachable("nobody is logged in here whose agent it could be: neither SCEAU_SOCKET "
                                             "nor XDG_RUNTIME_DIR is set, and /run/user has no folder of yours"));
}

} // namespace sceau::base
