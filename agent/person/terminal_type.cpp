#include "agent/person/terminal_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace sceau::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestName = 64; // bytes

// A description is a file in a folder that is named after the first letter of the name, or after that letter's code in
// hex. The name comes from a client and must not lead anywhere else.
bool is_described(const std::string& name, const std::vector<fs::path>& folders)
{
    if (name.empty() || name.front() == '.' || name.find_first_of(std::string_view("/\0", 2)) != std::string::npos)
        return false;
    const std::string letter(1, name.front());
    const std::string code = fmt::format("{:02x}", static_cast<unsigned char>(name.front()));
    return std::ranges::any_of(folders, [&](const fs::path& folder) {
        std::error_code ignored;
        return fs::exists(folder / letter / name, ignored) || fs::exists(folder / code / name, ignored);
    });
}

} // namespace

std::vector<fs::path> terminfo_folders()
{
    std::vector<fs::path> folders = {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"};
    if (const char* home = std::getenv("HOME"); home != nullptr)
        folders.insert(folders.begin(), fs::path(home) / ".terminfo");
    return folders;
}

std::string known_terminal_type(const std::string& wanted, const std::vector<fs::path>& folders)
{
    std::vector<std::string> names;
    for (std::string name = wanted.size() > kLongestName ? "" : wanted;; name.resize(name.rfind('-'))) {
        names.push_back(name);
        if (name.rfind('-') == std::string::npos)
            break;
    }
    if (wanted.starts_with("xterm"))
        names.insert(names.begin() + 1, "xterm-256color");
    for (const char* common : {"xterm-256color", "xterm", "vt220", "vt100", "ansi"})
        names.emplace_back(common);
    const auto known = std::ranges::find_if(names, [&](const auto& name) { return is_described(name, folders); });
    return known == names.end() ? std::string() : *known;
}

} // namespace sceau::agent
