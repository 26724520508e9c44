#include "base/process_inspection.h"

#include "base/display_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace sceau::base {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kNameColumns = 16; // TASK_COMM_LEN

fs::path folder_of(pid_t process)
{
    return fs::path("/proc") / std::to_string(process);
}

} // namespace

std::optional<std::string> tracer_of(pid_t child)
{
    std::ifstream status(folder_of(child) / "status");
    for (std::string word; status >> word;) {
        if (word != "TracerPid:")
            continue;
        pid_t tracer = 0;
        if (!(status >> tracer) || tracer == 0)
            return std::nullopt;
        std::string name;
        std::getline(std::ifstream(folder_of(tracer) / "comm") >> std::ws, name);
        return shown(name, kNameColumns) + " (" + std::to_string(tracer) + ")";
    }
    return std::nullopt;
}

bool is_closed_to_others(pid_t child, const fs::path& program)
{
#ifdef SCEAU_SANITIZED
    static_cast<void>(child);
    static_cast<void>(program);
    return true;
#else
    const bool is_root = ::geteuid() == 0;
    // The files in the /proc folder of a process that is not dumpable belong to root, but the folder itself does not
    // (proc(5)).
    struct stat file{};
    if (!is_root && ::stat((folder_of(child) / "status").c_str(), &file) == 0 && file.st_uid == ::geteuid())
        return false;
    const fs::path runs = folder_of(child) / "exe";
    std::error_code hidden;
    if (fs::read_symlink(runs, hidden).empty())
        return true;
    std::error_code error;
    return is_root && fs::equivalent(runs, program, error);
#endif
}

} // namespace sceau::base
