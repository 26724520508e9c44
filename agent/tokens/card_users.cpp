#include "agent/tokens/card_users.h"

#include "base/display_text.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

namespace sceau::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kLibrary = "/libpcsclite.so"; // OpenSC, scdaemon and vendors' modules all load it
constexpr std::size_t kProgramColumns = 30;

bool maps_the_library(const fs::path& process)
{
    std::ifstream maps(process / "maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find(kLibrary) != std::string::npos)
            return true;
    return false;
}

/// Returns a field of /proc/PID/status, such as "PPid:\t1".
std::string status_field(const fs::path& process, std::string_view name)
{
    std::ifstream status(process / "status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name) && line.size() > name.size() + 2)
            return line.substr(name.size() + 2);
    return {};
}

} // namespace

std::vector<std::string> programs_that_use_cards()
{
    const std::string own = std::to_string(::getpid());
    std::vector<std::string> programs;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string pid = entry.path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos || !maps_the_library(entry.path()) || pid == own ||
            status_field(entry.path(), "PPid") == own)
            continue;
        programs.push_back(base::shown(status_field(entry.path(), "Name"), kProgramColumns) + " (" + pid + ")");
    }
    std::ranges::sort(programs);
    return programs;
}

} // namespace sceau::agent
