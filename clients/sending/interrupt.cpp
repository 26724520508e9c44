#include "clients/sending/interrupt.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

namespace sceau::sending {

base::Result<base::UniqueFd> watch_for_interrupt()
{
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGHUP, SIGTERM})
        ::sigaddset(&signals, signal);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    base::UniqueFd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd)
        return std::unexpected(base::io_errno("signals cannot be waited for", errno));
    return fd;
}

} // namespace sceau::sending
