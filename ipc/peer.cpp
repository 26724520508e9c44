#include "ipc/peer.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

namespace sceau::ipc {

namespace {

struct FreeDeleter {
    void operator()(char* text) const { std::free(text); }
};
using CString = std::unique_ptr<char, FreeDeleter>;

// Fields of /proc/PID/stat (proc(5)).
struct ProcessStat {
    std::string name;
    pid_t parent = 0;
    dev_t terminal = 0;
    std::uint64_t start_time = 0;
};

// tty_nr has the minor number in bits 31 to 20 and 7 to 0, the major in 15 to 8 (proc(5)).
dev_t device_of(unsigned tty_nr)
{
    return makedev(tty_nr >> 8 & 0xfff, (tty_nr & 0xff) | (tty_nr >> 12 & 0xfff00));
}

std::optional<ProcessStat> process_stat(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // The process chooses its name, which may contain anything, even parentheses.
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open)
        return std::nullopt;

    ProcessStat stat{.name = text.substr(open + 1, close - open - 1)};
    std::istringstream rest(text.substr(close + 1));
    std::string skipped;
    int tty_nr = 0;
    rest >> skipped >> stat.parent >> skipped >> skipped >> tty_nr;
    for (int field = 8; field < 22; ++field)
        rest >> skipped;
    rest >> stat.start_time;
    if (!rest)
        return std::nullopt;
    stat.terminal = device_of(static_cast<unsigned>(tty_nr));
    return stat;
}

std::string executable_link(pid_t pid)
{
    return "/proc/" + std::to_string(pid) + "/exe";
}

// The kernel marks the name of a file that no longer exists, for example after an upgrade. A rule for that name still
// applies to the process. A file may also have the mark as part of its own name; that file exists.
std::filesystem::path executable_of(pid_t pid)
{
    static constexpr std::string_view kReplaced = " (deleted)";
    std::error_code ignored;
    std::string file = std::filesystem::read_symlink(executable_link(pid), ignored);
    if (file.ends_with(kReplaced) && !std::filesystem::equivalent(file, executable_link(pid), ignored))
        file.resize(file.size() - kReplaced.size());
    return file;
}

// Checks the file that runs, whatever its name refers to now.
bool only_root_writes_executable(pid_t pid)
{
    struct stat file{};
    return ::stat(executable_link(pid).c_str(), &file) == 0 && file.st_uid == 0 &&
           (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// The kernel keeps only the first 15 bytes. If the file's name begins with them, it is the whole name.
std::string whole_name(std::string name, pid_t pid)
{
    constexpr std::size_t kKept = 15;
    if (name.size() == kKept)
        if (std::string file = executable_of(pid).filename(); file.starts_with(name))
            return file;
    return name;
}

void take_parents(Peer& peer, pid_t parent)
{
    static constexpr std::size_t kMost = 4;
    while (parent > 1 && peer.parents.size() < kMost) {
        auto stat = process_stat(parent);
        if (!stat)
            break;
        peer.parents.push_back(whole_name(std::move(stat->name), parent));
        peer.parent_executables.push_back(only_root_writes_executable(parent) ? executable_of(parent).string() : "");
        parent = stat->parent;
    }
}

std::string unit_of(pid_t pid)
{
    char* unit = nullptr;
    if (sd_pid_get_user_unit(pid, &unit) < 0 && sd_pid_get_unit(pid, &unit) < 0)
        return {};
    return CString(unit).get();
}

// Returns nothing if the terminal is not this process's controlling terminal.
std::optional<uid_t> owner_of_terminal(const Peer& peer, const std::string& tty)
{
    const auto process = process_stat(peer.pid);
    if (!process || process->start_time != peer.start_time)
        return std::nullopt;
    // Symbolic links are rejected: /dev/stdin and the like name a different file for each process that opens them.
    struct stat file{};
    if (!tty.starts_with("/dev/") || ::lstat(tty.c_str(), &file) != 0 || !S_ISCHR(file.st_mode) ||
        file.st_rdev != process->terminal)
        return std::nullopt;
    return file.st_uid;
}

} // namespace

base::Result<Peer> peer_of(int socket)
{
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return std::unexpected(base::io_errno("cannot tell who is at the other end of a socket", errno));
    Peer peer;
    peer.uid = credentials.uid;
    peer.pid = credentials.pid;
    const auto stat = process_stat(peer.pid);
    if (!stat)
        return peer;
    peer.start_time = stat->start_time;
    peer.name = whole_name(stat->name, peer.pid);
    peer.executable = executable_of(peer.pid);
    peer.of_system = only_root_writes_executable(peer.pid);
    take_parents(peer, stat->parent);
    peer.unit = unit_of(peer.pid);
    return peer;
}

bool has_hung_up(int socket)
{
    pollfd watched{.fd = socket, .events = 0, .revents = 0};
    return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

bool is_descendant(const Peer& peer)
{
    static constexpr int kMost = 8; // a module may start programs of its own
    std::optional<ProcessStat> stat = process_stat(peer.pid);
    for (int i = 0; stat && stat->parent > 1 && i < kMost; ++i) {
        if (stat->parent == ::getpid())
            return true;
        stat = process_stat(stat->parent);
    }
    return false;
}

bool controls_terminal(const Peer& peer, const std::string& tty)
{
    return owner_of_terminal(peer, tty) == peer.uid;
}

bool is_others_terminal(const Peer& peer, const std::string& tty)
{
    const auto owner = owner_of_terminal(peer, tty);
    return owner && *owner != peer.uid;
}

} // namespace sceau::ipc
