#include "agent/person/dialog_process.h"

#include "agent/person/no_dialog.h"
#include "base/installation.h"

#include <fcntl.h>
#include <fmt/format.h>
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

    TRY_ASSIGN(base::Child child, base::Child::start({.path = launcher,
                                                      .arguments = {std::to_string(::getpid()), program.string()},
                                                      .environment = std::move(environment),
                                                      .descriptors = {{.ours = child_in.value(), .theirs = 0},
                                                                      {.ours = child_out.value(), .theirs = 1}}}));
    return DialogProcess{.pid = child.release(), .to = std::move(to), .from = std::move(from)};
}

asio::awaitable<int> end_of_dialog(pid_t pid)
{
    base::Child child(pid);
    co_await readable(child.end(), Clock::now() + kTimeToLeave);
    co_return child.reap().value_or(SIGKILL);
}

} // namespace sceau::agent
