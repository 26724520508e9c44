#include "agent/person/dialog_process.h"

#include "agent/person/no_dialog.h"
#include "base/installation.h"
#include "base/pidfd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace sceau::agent {

using base::Result;
using base::UniqueFd;

namespace {

constexpr std::chrono::seconds kTimeToLeave{2};

} // namespace

Result<DialogProcess> start_dialog(const std::filesystem::path& program, base::Variables environment)
{
    if (::access(program.c_str(), X_OK) != 0)
        return std::unexpected(
            base::unsupported(fmt::format("the PIN dialog {} cannot be started ({}): install the package {}",
                                          program.string(), std::strerror(errno), pinentry_package(environment))));
    TRY_ASSIGN(const auto launcher, base::libexec_program("sceau-dialog"));
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0)
        return std::unexpected(base::internal("no pipe to be had"));
    const UniqueFd child_in(in[0]);
    UniqueFd to(in[1]);
    if (::pipe2(out.data(), O_CLOEXEC) != 0)
        return std::unexpected(base::internal("no pipe to be had"));
    UniqueFd from(out[0]);
    const UniqueFd child_out(out[1]);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, child_in.value(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, child_out.value(), 1);
    std::vector<std::string> arguments{launcher.string(), std::to_string(::getpid()), program.string()};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, launcher.c_str(), &actions, nullptr, base::pointers_to(arguments).data(),
                                    base::pointers_to(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return std::unexpected(base::internal("the PIN dialog's launcher " + launcher.string() +
                                              " cannot be started: " + std::strerror(error)));
    return DialogProcess{.pid = pid, .to = std::move(to), .from = std::move(from)};
}

asio::awaitable<int> end_of_dialog(pid_t pid)
{
    const UniqueFd process(::pidfd_open(pid, 0));
    const auto ended = co_await readable(process.value(), Clock::now() + kTimeToLeave);
    if (!ended)
        ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    co_return status;
}

std::string told_end(int status)
{
    if (!WIFSIGNALED(status))
        return fmt::format("exit status {}", WEXITSTATUS(status));
    return fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
}

} // namespace sceau::agent
