#include "base/child.h"

#include "base/pidfd.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sceau::base {

namespace {

constexpr int kDeathPatience = 1000; // milliseconds after SIGKILL

struct Spawn {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;

    Spawn()
    {
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawnattr_init(&attributes);
    }
    ~Spawn()
    {
        ::posix_spawn_file_actions_destroy(&files);
        ::posix_spawnattr_destroy(&attributes);
    }
    Spawn(const Spawn&) = delete;
    Spawn& operator=(const Spawn&) = delete;
};

// The copies get numbers above all those that the child knows, so that none is overwritten before it is passed: our own
// may be 0 or 1 if we were started without them.
Result<std::vector<UniqueFd>> pass_only(Spawn& spawn, const std::vector<Passed>& descriptors)
{
    int last = STDERR_FILENO;
    for (const Passed& each : descriptors)
        last = std::max(last, each.theirs);
    std::vector<UniqueFd> copies;
    for (const Passed& each : descriptors) {
        const UniqueFd& copy = copies.emplace_back(::fcntl(each.ours, F_DUPFD_CLOEXEC, last + 1));
        if (!copy)
            return std::unexpected(internal(std::string("cannot pass a descriptor: ") + std::strerror(errno)));
        ::posix_spawn_file_actions_adddup2(&spawn.files, copy.value(), each.theirs);
    }
    for (int theirs = 0; theirs <= last; ++theirs) {
        if (theirs == STDERR_FILENO || std::ranges::find(descriptors, theirs, &Passed::theirs) != descriptors.end())
            continue;
        if (theirs < STDERR_FILENO)
            ::posix_spawn_file_actions_addopen(&spawn.files, theirs, "/dev/null",
                                               theirs == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
        else
            ::posix_spawn_file_actions_addclose(&spawn.files, theirs);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&spawn.files, last + 1);
    return copies;
}

// The child must not inherit which signals this process blocks or ignores.
void reset_signals(Spawn& spawn)
{
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&spawn.attributes, &none);
    ::posix_spawnattr_setsigdefault(&spawn.attributes, &all);
    ::posix_spawnattr_setflags(&spawn.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

Result<> limit(pid_t child, const Limit& limit)
{
    rlimit now{};
    if (::prlimit(child, limit.resource, nullptr, &now) == 0) {
        if (now.rlim_cur <= limit.most)
            return {};
        now.rlim_cur = limit.most;
        if (::prlimit(child, limit.resource, &now, nullptr) == 0)
            return {};
    }
    if (errno == ESRCH) // it has ended: whoever waits for it will see how
        return {};
    return std::unexpected(internal(std::string("cannot limit what a program uses: ") + std::strerror(errno)));
}

} // namespace

Result<Child> Child::start(const Program& program)
{
    Spawn spawn;
    TRY_ASSIGN(const auto copies, pass_only(spawn, program.descriptors));
    reset_signals(spawn);
    std::vector<std::string> arguments = program.arguments;
    arguments.insert(arguments.begin(), program.path.string());
    Variables environment = program.environment;
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.path.c_str(), &spawn.files, &spawn.attributes,
                                    pointers_to(arguments).data(), pointers_to(environment).data());
    if (error != 0)
        return std::unexpected(internal("cannot start " + program.path.string() + ": " + std::strerror(error)));
    Child child(pid);
    for (const Limit& each : program.limits)
        TRY(limit(pid, each));
    return child;
}

Child::Child(pid_t pid) : pid_(pid), process_(::pidfd_open(pid, 0)) {}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), process_(std::move(other.process_)) {}

Child& Child::operator=(Child&& other) noexcept
{
    std::swap(pid_, other.pid_);
    std::swap(process_, other.process_);
    return *this;
}

Child::~Child()
{
    reap();
}

bool Child::is_running() const
{
    pollfd death = {.fd = process_.value(), .events = POLLIN, .revents = 0};
    return ::poll(&death, 1, 0) == 0;
}

void Child::kill(int signal) const
{
    if (pid_ > 0)
        ::kill(pid_, signal);
}

std::optional<int> Child::reap()
{
    if (pid_ < 0)
        return std::nullopt;
    // A process that is already ending keeps its status: SIGKILL comes too late for it.
    kill(SIGKILL);
    pollfd death = {.fd = process_.value(), .events = POLLIN, .revents = 0};
    while (::poll(&death, 1, kDeathPatience) < 0 && errno == EINTR)
        continue;
    int status = 0;
    const pid_t reaped = ::waitpid(release(), &status, WNOHANG);
    if (reaped <= 0)
        return std::nullopt;
    return status;
}

pid_t Child::release()
{
    return std::exchange(pid_, -1);
}

std::string told_end(int status)
{
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
    return "exit status " + std::to_string(WEXITSTATUS(status));
}

} // namespace sceau::base
