// Which files and processes a worker can still open (Landlock).

#include "base/file_access.h"
#include "pkcs11/token/module_access.h"
#include "pkcs11/worker.h"
#include "tests/unit/agent_by_hand.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>

#ifndef SCEAU_SANITIZED

using namespace sceau;
using namespace sceau::test;

namespace {

namespace fs = std::filesystem;

bool opens(const fs::path& file, int flags)
{
    return static_cast<bool>(UniqueFd(::open(file.c_str(), flags | O_CLOEXEC, 0600)));
}

/// Makes Landlock's system calls fail as on a kernel without it.
void take_landlock_away()
{
    const std::array<sock_filter, 4> code{{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                                           {BPF_JMP | BPF_K | BPF_JEQ, 0, 1, SYS_landlock_create_ruleset},
                                           {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
                                           {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}}};
    const sock_fprog filter{.len = code.size(), .filter = const_cast<sock_filter*>(code.data())};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        ::_exit(1);
}

} // namespace

TEST_CASE("P14: if the kernel has no Landlock, the log says so and workers do without")
{
    const AgentByHand agent(take_landlock_away);
    CHECK_THAT(agent.log(), Catch::Contains("Landlock"));
    CHECK(has(folder_of(agent.worker()) / "comm", "sceau-"));
    const Child without([](int news) {
        take_landlock_away();
        auto worker = pkcs11::Worker::start({}, pkcs11::MonitorTask{});
        pollfd event = {.fd = worker ? worker->events() : -1, .events = POLLIN, .revents = 0};
        const bool reports = ::poll(&event, 1, kPatience) == 1 && worker->receive();
        tell(news, reports ? 1 : 0);
    });
    CHECK(without.news() == 1);
}

TEST_CASE("P14: a worker with OpenSC, or without a module, opens no file of the person's and no other process's memory")
{
    if (!base::can_restrict_files())
        return;
    const TemporaryFolder home;
    const TemporaryFolder cache;
    const fs::path letter = home.write("letter", "private");
    const fs::path cached = cache.write("certificate", "public");
    const bool has_module = GENERATE(false, true);
    const fs::path module = has_module ? "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so" : "";
    const pkcs11::Task task =
        has_module ? pkcs11::Task(pkcs11::DiscoverTask{.busy_readers = {}, .certificate_cache = cache.path()})
                   : pkcs11::Task(pkcs11::ResetTask{});
    const Child worker([&](int news) {
        const bool restricted = base::restrict_files(pkcs11::token::file_access(module, task));
        const auto memory = folder_of(::getppid()) / "mem";
        tell(news, (restricted ? 1 : 0) | (opens(letter, O_RDONLY) ? 2 : 0) | (opens(letter, O_WRONLY) ? 4 : 0) |
                       (opens(home.path() / "new", O_WRONLY | O_CREAT) ? 8 : 0) | (opens(memory, O_RDONLY) ? 16 : 0) |
                       (::execl("/bin/true", "true", nullptr) == 0 ? 32 : 0) |
                       (opens("/usr/bin/env", O_RDONLY) ? 64 : 0) | (opens("/dev/null", O_WRONLY) ? 128 : 0) |
                       (opens(cached, O_RDWR) && opens(cache.path() / "new", O_RDWR | O_CREAT) ? 256 : 0));
    });
    CHECK(worker.news() == (1 | 64 | 128 | (has_module ? 256 : 0)));
}

#endif
