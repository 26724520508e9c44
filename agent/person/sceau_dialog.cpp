// sceau-dialog AGENT PINENTRY becomes the pinentry, as a child that ends with the agent. posix_spawn(3) cannot request
// that, and a dialog that outlives its agent would ask for a PIN that nobody uses.
#include "base/confinement.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

int main(int argc, char** argv)
{
    using namespace sceau;
    pid_t agent = -1;
    const std::string_view number = argc == 3 ? argv[1] : "";
    if (std::from_chars(number.data(), number.data() + number.size(), agent).ec != std::errc()) {
        std::fputs("usage: sceau-dialog AGENT PINENTRY, by sceau-agent\n", stderr);
        return EX_USAGE;
    }
    base::give_up_privileges(base::StartsPrograms::yes);
    // A pinentry on a terminal restores it before it exits, which SIGKILL would prevent.
    if (!base::end_with_parent(agent, SIGTERM))
        return EX_UNAVAILABLE;
    ::signal(SIGPIPE, SIG_DFL);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    const char* const arguments[] = {argv[2], nullptr};
    ::execv(argv[2], const_cast<char* const*>(arguments));
    std::printf("ERR 1 %s\n", std::strerror(errno)); // takes the place of pinentry's greeting
    return EX_UNAVAILABLE;
}
