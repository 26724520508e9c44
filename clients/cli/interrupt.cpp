#include "clients/cli/interrupt.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

namespace sceau::cli {

base::Result<Interrupt> Interrupt::watch()
{
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGHUP, SIGTERM})
        ::sigaddset(&signals, signal);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    base::UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd)
        return std::unexpected(base::io_errno("signals cannot be waited for", errno));
    return Interrupt(std::move(fd));
}

bool Interrupt::happened() const
{
    pollfd watched{.fd = fd_.value(), .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 0) == 1;
}

} // namespace sceau::cli
