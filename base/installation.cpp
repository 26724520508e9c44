#include "base/installation.h"

#include <cstdlib>

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

fs::path user_folder()
{
    if (const char* folder = std::getenv("XDG_CONFIG_HOME"); folder != nullptr && *folder == '/')
        return fs::path(folder) / "sceau";
    const char* home = std::getenv("HOME");
    return fs::path(home != nullptr ? home : "/") / ".config/sceau";
}

Result<fs::path> socket_path()
{
    if (const char* path = std::getenv("SCEAU_SOCKET"); path != nullptr && *path != '\0')
        return path;
    if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime != nullptr && *runtime != '\0')
        return fs::path(runtime) / "sceau" / "agent";
    return std::unexpected(
        agent_unreachable("neither SCEAU_SOCKET nor XDG_RUNTIME_DIR says where the agent's socket is"));
}

} // namespace sceau::base
