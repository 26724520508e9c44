// sceau-token [MODULE]: the only program that loads a vendor's PKCS#11 module, and that speaks to pcscd. The agent
// starts it for one task, gives it that task on descriptor 3 and reads the reports there.
#include "base/confinement.h"
#include "pkcs11/channel.h"
#include "pkcs11/token/discover.h"
#include "pkcs11/token/module_access.h"
#include "pkcs11/token/monitor.h"
#include "pkcs11/token/reset.h"
#include "pkcs11/token/use_key.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>

namespace {

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::pkcs11::token;

#ifndef SCEAU_SANITIZED // whose shadow memory is larger
// Bytes: many times what modules need. A module that never stops asking gets an error, or a crash of its own, before
// the person's other programs are short of memory.
constexpr rlim_t kMostData = 1UL << 30;
constexpr rlim_t kMostStack = 8UL << 20;

void limit(auto resource, rlim_t most)
{
    rlimit now{};
    if (::getrlimit(resource, &now) != 0 || now.rlim_cur <= most)
        return;
    now.rlim_cur = most;
    ::setrlimit(resource, &now);
}
#endif

/// Who made the channel: the agent.
pid_t agents_pid()
{
    ucred agent{};
    socklen_t size = sizeof agent;
    return ::getsockopt(kChannelFd, SOL_SOCKET, SO_PEERCRED, &agent, &size) == 0 ? agent.pid : -1;
}

/// No other process of the person reads this one's memory, no core file keeps it, and it does not outlive the agent:
/// false where that one has gone already.
bool confine_itself()
{
#ifndef SCEAU_SANITIZED // leak detection inspects the process
    ::prctl(PR_SET_DUMPABLE, 0);
    limit(RLIMIT_DATA, kMostData);
    limit(RLIMIT_STACK, kMostStack);
#endif
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    ::fcntl(kChannelFd, F_SETFD, FD_CLOEXEC);
    base::give_up_privileges(base::StartsPrograms::no);
    base::start_openssl_without_configuration();
    return base::end_with_parent(agents_pid(), SIGKILL);
}

struct Perform {
    base::Result<> operator()(const DiscoverTask& task) const { return discover(kChannelFd, module, task); }
    base::Result<> operator()(const KeyTask& task) const { return use_key(kChannelFd, module, task); }
    base::Result<> operator()(const MonitorTask& task) const { return monitor_readers(kChannelFd, task); }
    base::Result<> operator()(const ResetTask& task) const
    {
        TRY(reset_card(task.reader));
        return send_packet(kChannelFd, encode(CardReset{}), Wait::yes);
    }

    std::filesystem::path module;
};

/// For whoever looks with ps or top what a worker does that takes long.
struct Name {
    const char* operator()(const DiscoverTask&) const { return "sceau-discover"; }
    const char* operator()(const KeyTask&) const { return "sceau-use-key"; }
    const char* operator()(const MonitorTask&) const { return "sceau-monitor"; }
    const char* operator()(const ResetTask&) const { return "sceau-reset"; }
};

/// Where the kernel has no Landlock the agent has said so at its start.
base::Result<> restrict_files_to(const base::FileAccess& access)
{
    if (base::can_restrict_files() && !base::restrict_files(access))
        return std::unexpected(base::internal("the worker cannot give up the person's files (Landlock)"));
    return {};
}

base::Result<> run(const char* module)
{
    TRY_ASSIGN(const auto packet, receive_packet(kChannelFd, Wait::yes));
    TRY_ASSIGN(const Task task, parse_task(packet.value_or("")));
    ::prctl(PR_SET_NAME, std::visit(Name{}, task));
    TRY(restrict_files_to(file_access(module, task)));
    if (const auto done = std::visit(Perform{module}, task); !done)
        return send_packet(kChannelFd, encode(Failed{done.error()}), Wait::yes);
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 2) {
        std::fputs("usage: sceau-token [MODULE], by sceau-agent\n", stderr);
        return EX_USAGE;
    }
    if (!confine_itself())
        return EX_UNAVAILABLE;
    if (const auto done = run(argc == 2 ? argv[1] : ""); !done) {
        std::fprintf(stderr, "sceau-token: %s\n", done.error().message.c_str());
        return EX_SOFTWARE;
    }
    return EX_OK;
}
