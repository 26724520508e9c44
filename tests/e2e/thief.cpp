#include "tests/e2e/thief.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include <cstddef>
#include <set>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = 1U << 16; // bytes read at a time

struct Victim {
    explicit Victim(pid_t process)
        : memory(::open((folder_of(process) / "mem").c_str(), O_RDONLY | O_CLOEXEC)),
          maps(::open((folder_of(process) / "maps").c_str(), O_RDONLY | O_CLOEXEC))
    {
    }
    explicit operator bool() const { return memory && maps; }

    UniqueFd memory;
    UniqueFd maps;
};

std::string text_of(const UniqueFd& file)
{
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t count = 1; count > 0; text.append(piece.data(), static_cast<std::size_t>(count)))
        if (count = ::pread(file.value(), piece.data(), piece.size(), static_cast<off_t>(text.size())); count <= 0)
            break;
    return text;
}

bool has_in(const UniqueFd& memory, std::uintptr_t begin, std::uintptr_t end, const std::string& pin)
{
    std::string piece(kPiece + pin.size(), '\0'); // so that a PIN across the boundary of two pieces is found too
    for (std::uintptr_t at = begin; at < end; at += kPiece) {
        const ssize_t count =
            ::pread(memory.value(), piece.data(), std::min(piece.size(), end - at), static_cast<off_t>(at));
        if (count > 0 && std::string_view(piece.data(), static_cast<std::size_t>(count)).find(pin) != piece.npos)
            return true;
    }
    return false;
}

/// Reads lines such as "7f…-7f… rw-p …". Returns false when the process has ended.
bool search(const Victim& victim, const std::string& pin, bool& found)
{
    std::istringstream lines(text_of(victim.maps));
    bool alive = false;
    for (std::string line; std::getline(lines, line); alive = true) {
        if (line.find(" rw") == std::string::npos)
            continue;
        std::size_t dash = 0;
        const std::uintptr_t begin = std::stoull(line, &dash, 16);
        found = found || has_in(victim.memory, begin, std::stoull(line.substr(dash + 1), nullptr, 16), pin);
    }
    return alive;
}

/// Runs in a process of its own, so that the next worker is not missed.
void rob(const Victim& victim, const std::string& pin, int news)
{
    if (::fork() != 0)
        return;
    bool found = false;
    while (!found && search(victim, pin, found))
        continue;
    if (found)
        tell(news, 1);
    ::_exit(0);
}

void go_on(pid_t victim, int status, __ptrace_request how)
{
    const int signal = WSTOPSIG(status);
    const bool is_trap = status >> 16 != 0 || signal == SIGTRAP || signal == (SIGTRAP | 0x80);
    ::ptrace(how, victim, nullptr, is_trap ? 0 : signal);
}

/// Whether it is at the call of prctl(PR_SET_DUMPABLE, 0).
bool closes_itself(pid_t victim)
{
    __ptrace_syscall_info call{};
    ::ptrace(static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO), victim, sizeof call, &call);
    return call.op == PTRACE_SYSCALL_INFO_ENTRY && call.entry.nr == SYS_prctl && call.entry.args[0] == PR_SET_DUMPABLE;
}

/// Workers are named after their tasks: "sceau-use-key".
bool is_worker(pid_t process)
{
    const std::string name = contents(folder_of(process) / "comm");
    return name.starts_with("sceau-") && name != "sceau-agent\n" && name != "sceau-dialog\n";
}

void undo_closing(pid_t victim)
{
    ::ptrace(PTRACE_INTERRUPT, victim, nullptr, nullptr);
    for (int status = 0; ::waitpid(victim, &status, __WALL) == victim && WIFSTOPPED(status);
         go_on(victim, status, PTRACE_SYSCALL)) {
        if (!closes_itself(victim))
            continue;
#ifdef __x86_64__
        ::ptrace(PTRACE_POKEUSER, victim, offsetof(user, regs.rsi), 1);
#endif
        ::ptrace(PTRACE_DETACH, victim, nullptr, nullptr);
        return;
    }
}

void seize(pid_t victim, Grip grip, const std::string& pin, int news)
{
    if (::ptrace(PTRACE_SEIZE, victim, nullptr, PTRACE_O_TRACESYSGOOD) != 0)
        return;
    if (!is_worker(victim)) { // the agent before its exec, or a dialog
        ::ptrace(PTRACE_INTERRUPT, victim, nullptr, nullptr);
        ::waitpid(victim, nullptr, __WALL);
        ::ptrace(PTRACE_DETACH, victim, nullptr, nullptr);
        return;
    }
    if (grip == Grip::keep_it_dumpable)
        undo_closing(victim);
    if (const Victim open(victim); open)
        rob(open, pin, news);
}

void let_the_seized_go_on()
{
    int status = 0;
    for (pid_t victim = 0; (victim = ::waitpid(-1, &status, __WALL | WNOHANG)) > 0;)
        if (WIFSTOPPED(status))
            go_on(victim, status, PTRACE_CONT);
}

[[noreturn]] void lie_in_wait(pid_t agent, Grip grip, const std::string& pin, int news)
{
    for (std::set<pid_t> held;;) {
        for (const pid_t child : children_of(agent)) {
            if (held.contains(child) || !is_worker(child))
                continue;
            if (grip != Grip::open_memory)
                seize(child, grip, pin, news);
            else if (const Victim open(child); open && is_worker(child))
                rob(open, pin, news);
            else
                continue;
            held.insert(child);
        }
        let_the_seized_go_on();
    }
}

} // namespace

Thief::Thief(pid_t agent, Grip grip, std::string pin) : thief_([&](int news) { lie_in_wait(agent, grip, pin, news); })
{
}

} // namespace sceau::test
