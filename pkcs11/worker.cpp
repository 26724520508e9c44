#include "pkcs11/worker.h"

#include "base/environment.h"
#include "base/installation.h"
#include "base/pidfd.h"
#include "base/process_inspection.h"
#include "pkcs11/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <utility>

namespace sceau::pkcs11 {

using base::Result;
using base::UniqueFd;

namespace {

constexpr std::string_view kProgram = "sceau-token";
constexpr int kDeathPatience = 1000; // milliseconds from SIGKILL

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

// The channel first: it may be 0 or 1 in an agent that was started without them.
void leave_only_the_channel(Spawn& spawn, int channel)
{
    ::posix_spawn_file_actions_adddup2(&spawn.files, channel, kChannelFd);
    ::posix_spawn_file_actions_addopen(&spawn.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&spawn.files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&spawn.files, kChannelFd + 1);
}

// What the agent blocks or ignores is its own affair.
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

// What a module may need of the session. All else stands in its configuration.
constexpr std::array<std::string_view, 6> kOfTheSession{"HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*"};

base::Variables environment_for(const Module& module)
{
    base::Variables variables{std::string(base::kPath)};
    for (std::string& variable : base::chosen(base::own_environment(), kOfTheSession))
        variables.push_back(std::move(variable));
    std::erase_if(variables, [&](const std::string& variable) {
        return module.environment.contains(variable.substr(0, variable.find('=')));
    });
    for (const auto& [name, value] : module.environment)
        variables.emplace_back(name).append("=").append(value);
    return variables;
}

Result<pid_t> spawn_worker(const Module& module, int channel)
{
    TRY_ASSIGN(const auto program, base::libexec_program(kProgram));
    Spawn spawn;
    leave_only_the_channel(spawn, channel);
    reset_signals(spawn);
    std::vector<std::string> arguments = {program.string(), module.path.string()};
    base::Variables environment = environment_for(module);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.c_str(), &spawn.files, &spawn.attributes,
                                    base::pointers_to(arguments).data(), base::pointers_to(environment).data());
    if (error != 0)
        return std::unexpected(base::internal("cannot start " + program.string() + ": " + std::strerror(error)));
    return pid;
}

std::string describe(int status)
{
    if (WIFSIGNALED(status))
        return "the token's worker was ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
               ::strsignal(WTERMSIG(status)) + ")";
    return "the token's worker ended with status " + std::to_string(WEXITSTATUS(status));
}

/// Readable when one of these is.
Result<UniqueFd> any_of(std::initializer_list<int> descriptors)
{
    UniqueFd any(::epoll_create1(EPOLL_CLOEXEC));
    for (const int fd : descriptors) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
        if (!any || ::epoll_ctl(any.value(), EPOLL_CTL_ADD, fd, &event) != 0)
            return std::unexpected(base::internal(std::string("cannot watch the worker: ") + std::strerror(errno)));
    }
    return any;
}

/// Takes a part of a discovery in, or says false.
Result<bool> collect(std::vector<Token>& tokens, Message& message)
{
    if (auto* token = std::get_if<Token>(&message)) {
        if (tokens.size() == kTokenLimit)
            return std::unexpected(base::token_failed("the module shows too many tokens"));
        tokens.push_back(std::move(*token));
        return true;
    }
    if (auto* certificate = std::get_if<Certificate>(&message)) {
        if (tokens.empty() || tokens.back().certificates.size() == kCertificatesPerToken)
            return std::unexpected(base::token_failed("the module shows too many certificates"));
        tokens.back().certificates.push_back(std::move(*certificate));
        return true;
    }
    if (auto* key = std::get_if<KeyObject>(&message)) {
        if (tokens.empty() || tokens.back().keys.size() == kKeysPerToken)
            return std::unexpected(base::token_failed("the module shows too many keys"));
        tokens.back().keys.push_back(std::move(*key));
        return true;
    }
    return false;
}

} // namespace

Worker::Worker(UniqueFd channel, UniqueFd process, UniqueFd events, pid_t pid)
    : channel_(std::move(channel)), process_(std::move(process)), events_(std::move(events)), pid_(pid)
{
}

Worker::Worker(Worker&& other) noexcept
    : channel_(std::move(other.channel_)),
      process_(std::move(other.process_)),
      events_(std::move(other.events_)),
      pid_(std::exchange(other.pid_, -1)),
      discovered_(std::move(other.discovered_)),
      has_result_(other.has_result_)
{
}

Worker& Worker::operator=(Worker&& other) noexcept
{
    std::swap(channel_, other.channel_);
    std::swap(process_, other.process_);
    std::swap(events_, other.events_);
    std::swap(pid_, other.pid_);
    std::swap(discovered_, other.discovered_);
    std::swap(has_result_, other.has_result_);
    return *this;
}

Worker::~Worker()
{
    reap();
}

Result<Worker> Worker::start(const Module& module, const Task& task)
{
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return std::unexpected(base::internal(std::string("cannot make a socket pair: ") + std::strerror(errno)));
    UniqueFd ours(pair[0]);
    const UniqueFd theirs(pair[1]);
    TRY_ASSIGN(const pid_t pid, spawn_worker(module, theirs.value()));
    UniqueFd process(::pidfd_open(pid, 0)); // it is our child and not waited for: the number is still its own
    Worker worker(std::move(ours), std::move(process), {}, pid);
    TRY_ASSIGN(worker.events_, any_of({worker.channel_.value(), worker.process_.value()}));
    TRY(send_packet(worker.channel(), encode(task), Wait::no));
    return worker;
}

Result<std::optional<Report>> Worker::receive()
{
    for (;;) {
        const bool running = is_running(); // asked first: what it sent before its end is there then
        TRY_ASSIGN(const auto packet, receive_packet(channel_.value(), Wait::no));
        if (!packet && running)
            return std::nullopt;
        if (!packet || packet->empty())
            return ended();
        TRY_ASSIGN(Message message, parse_message(*packet));
        TRY_ASSIGN(const bool more_to_come, collect(discovered_.tokens, message));
        if (more_to_come)
            continue;
        if (auto* ready = std::get_if<Ready>(&message))
            return *ready;
        if (auto* readers = std::get_if<Readers>(&message))
            return std::move(*readers);
        has_result_ = true;
        if (auto* result = std::get_if<Performed>(&message))
            return std::move(*result);
        if (auto* failed = std::get_if<Failed>(&message))
            return std::move(*failed);
        if (std::holds_alternative<CardReset>(message))
            return CardReset{};
        discovered_.incomplete = std::get<DiscoveryEnd>(message).incomplete;
        return std::exchange(discovered_, {});
    }
}

bool Worker::is_running() const
{
    pollfd death = {.fd = process_.value(), .events = POLLIN, .revents = 0};
    return ::poll(&death, 1, 0) == 0;
}

Result<> Worker::send_pin(const base::Secret& pin)
{
    if (auto alone = is_alone(); !alone) {
        ::kill(pid_, SIGKILL);
        return alone;
    }
    return pkcs11::send_pin(channel_.value(), pin);
}

// Whoever traces a process reads its memory. The worker has said that it is ready, so it has closed itself before.
Result<> Worker::is_alone() const
{
    if (const auto tracer = base::tracer_of(pid_))
        return std::unexpected(base::token_failed("the PIN was not sent to the token: another program, " + *tracer +
                                                  ", watches the process that would take it"));
    TRY_ASSIGN(const auto program, base::libexec_program(kProgram));
    if (!base::is_closed_to_others(pid_, program))
        return std::unexpected(base::token_failed(
            "the PIN was not sent to the token: another program has opened the process that would take it"));
    return {};
}

Result<std::optional<Report>> Worker::ended()
{
    const auto status = reap();
    if (!status)
        return std::unexpected(base::token_failed("the token's worker is stuck in the kernel"));
    if (has_result_ && WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
        return Ended{};
    return std::unexpected(base::token_failed(describe(*status)));
}

std::optional<int> Worker::reap()
{
    if (pid_ < 0)
        return std::nullopt;
    // A process that is already ending keeps its status: SIGKILL comes too late for it.
    ::kill(pid_, SIGKILL);
    pollfd death = {.fd = process_.value(), .events = POLLIN, .revents = 0};
    while (::poll(&death, 1, kDeathPatience) < 0 && errno == EINTR)
        continue;
    int status = 0;
    const pid_t reaped = ::waitpid(std::exchange(pid_, -1), &status, WNOHANG);
    if (reaped <= 0)
        return std::nullopt;
    return status;
}

} // namespace sceau::pkcs11
