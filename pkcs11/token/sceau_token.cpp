// sceau-token [MODULE]: the only program that loads a vendor's PKCS#11 module and talks to pcscd. The agent starts it
// for one task, passes the task on descriptor 3 and reads the reports there.
#include "base/channel.h"
#include "base/confinement.h"
#include "pkcs11/token/discover.h"
#include "pkcs11/token/module_access.h"
#include "pkcs11/token/monitor.h"
#include "pkcs11/token/report.h"
#include "pkcs11/token/reset.h"
#include "pkcs11/token/use_key.h"

#include <sys/prctl.h>
#include <sysexits.h>

#include <cstdio>

namespace {

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::pkcs11::token;

using base::kChannelFd;

struct Perform {
    base::Result<> operator()(const DiscoverTask& task) const { return discover(kChannelFd, module, task); }
    base::Result<> operator()(const KeyTask& task) const { return use_key(kChannelFd, module, task); }
    base::Result<> operator()(const MonitorTask& task) const { return monitor_readers(kChannelFd, task); }
    base::Result<> operator()(const ResetTask& task) const
    {
        TRY(reset_card(task.reader));
        return report(kChannelFd, CardReset{});
    }

    std::filesystem::path module;
};

/// Shows in ps or top what a long-running worker is doing.
struct Name {
    const char* operator()(const DiscoverTask&) const { return "sceau-discover"; }
    const char* operator()(const KeyTask&) const { return "sceau-use-key"; }
    const char* operator()(const MonitorTask&) const { return "sceau-monitor"; }
    const char* operator()(const ResetTask&) const { return "sceau-reset"; }
};

/// If the kernel has no Landlock, the agent has logged that at its start.
base::Result<> restrict_files_to(const base::FileAccess& access)
{
    if (base::can_restrict_files() && !base::restrict_files(access))
        return std::unexpected(base::internal("the worker cannot give up the person's files (Landlock)"));
    return {};
}

base::Result<> run(const char* module)
{
    TRY_ASSIGN(const auto packet, base::receive_packet(kChannelFd, base::Wait::yes));
    TRY_ASSIGN(const Task task, parse_task(packet.value_or("")));
    ::prctl(PR_SET_NAME, std::visit(Name{}, task));
    TRY(restrict_files_to(file_access(module, task)));
    if (const auto done = std::visit(Perform{module}, task); !done)
        return report(kChannelFd, Failed{done.error()});
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 2) {
        std::fputs("usage: sceau-token [MODULE], by sceau-agent\n", stderr);
        return EX_USAGE;
    }
    if (!base::confine_child(kChannelFd))
        return EX_UNAVAILABLE;
    if (const auto done = run(argc == 2 ? argv[1] : ""); !done) {
        std::fprintf(stderr, "sceau-token: %s\n", done.error().message.c_str());
        return EX_SOFTWARE;
    }
    return EX_OK;
}
