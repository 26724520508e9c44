// What neither another program of the same person nor a session's environment can do to the agent, its workers and
// dialogs.

#include "base/environment.h"
#include "base/file_access.h"
#include "base/installation.h"
#include "base/pidfd.h"
#include "pkcs11/worker.h"
#include "tests/unit/agent_by_hand.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

using namespace sceau;
using namespace sceau::test;
using base::UniqueFd;

namespace {

namespace fs = std::filesystem;

/// Returns a worker that has confined itself, which is certain once it has reported.
pkcs11::Worker worker_at_work(const pkcs11::Module& module = {})
{
    auto worker = pkcs11::Worker::start(module, pkcs11::MonitorTask{});
    REQUIRE(worker);
    pollfd event = {.fd = worker->events(), .events = POLLIN, .revents = 0};
    REQUIRE(::poll(&event, 1, kPatience) == 1);
    const auto report = worker->receive();
    REQUIRE(report);
    return std::move(*worker);
}

} // namespace

#ifndef SCEAU_SANITIZED
namespace {

constexpr uid_t kNobody = 65534;

base::Secret pin()
{
    auto secret = base::Secret::create();
    for (const char digit : std::string_view("483920"))
        REQUIRE(secret->append(static_cast<std::uint8_t>(digit)));
    return std::move(*secret);
}

/// Seizes the children of that process as soon as they exist, or opens their memory, and reports the pid of the first
/// one where this succeeds.
[[noreturn]] void attack_children_of(pid_t parent, int news)
{
    while (true)
        for (const pid_t child : children_of(parent)) {
            const bool open = ::open((folder_of(child) / "mem").c_str(), O_RDONLY | O_CLOEXEC) >= 0;
            if (open || ::ptrace(PTRACE_SEIZE, child, nullptr, nullptr) == 0) {
                tell(news, child);
                ::_exit(0);
            }
        }
}

/// Acts as an agent of the user nobody: it starts workers and checks whether they are seized. Reports 0 if none was.
void start_workers_under_attack(int news)
{
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)
        ::_exit(1);
    // Like an agent, this process is not dumpable from here on, since its uid has changed.
    const Child attacker([parent = ::getpid()](int to) { attack_children_of(parent, to); });
    for (int tries = 0; tries < 40; ++tries) {
        auto worker = pkcs11::Worker::start({}, pkcs11::MonitorTask{});
        if (!worker)
            ::_exit(1);
        pollfd event = {.fd = worker->events(), .events = POLLIN, .revents = 0};
        ::poll(&event, 1, kPatience);
        if (!worker->receive())
            ::_exit(1);
        if (has(folder_of(worker->pid()) / "status", "TracerPid:\t0\n") && worker->send_pin(pin()))
            continue;
        tell(news, 1);
        return;
    }
    tell(news, attacker.has_news() ? 1 : 0);
}

} // namespace

TEST_CASE("P7: a worker that another program traces gets no PIN, and is ended")
{
    pkcs11::Worker worker = worker_at_work();
    const Child tracer(
        [&](int news) { tell(news, ::ptrace(PTRACE_SEIZE, worker.pid(), nullptr, nullptr) == 0 ? 1 : 0); });
    const int traced = tracer.news();
    if (::geteuid() != 0)
        CHECK(traced == 0);
    const auto sent = worker.send_pin(pin());
    CHECK(sent.has_value() == (traced == 0));
    if (sent)
        return;
    CHECK(sent.error().code == base::ErrorCode::token_failed);
    CHECK_THAT(sent.error().message, Catch::Contains("the PIN was not sent") && Catch::Contains("watches"));
    CHECK(dies(worker.pid()));
}

// If the programs belong to the person, they can be read; the promise then rests only on the agent's own checks.
TEST_CASE("P7: no other program of the same user gets hold of a worker between its start and its PIN")
{
    const auto program = base::libexec_program("sceau-token");
    REQUIRE(program);
    if (::geteuid() != 0)
        return;
    CHECK((fs::status(*program).permissions() & (fs::perms::group_read | fs::perms::others_read)) == fs::perms::none);
    const Child agent(start_workers_under_attack);
    CHECK(agent.news() == 0);
}
#endif

TEST_CASE("P7: nobody but their owner can read the programs that a PIN passes through")
{
    for (const char* name : {"sceau-token", "sceau-dialog"}) {
        const auto program = base::libexec_program(name);
        REQUIRE(program);
        CHECK((static_cast<unsigned>(fs::status(*program).permissions()) & 0777U) == 0711U);
    }
    CHECK((static_cast<unsigned>(fs::status(SCEAU_BINARY_DIR "/bin/sceau-agent").permissions()) & 0777U) == 0711U);
}

TEST_CASE("P8: a worker has its module's variables, a path of ours, the person and the locale, and nothing else")
{
    for (const char* name : {"LD_LIBRARY_PATH", "OPENSC_CONF", "OPENSSL_CONF", "PCSCLITE_CSOCK_NAME", "TMPDIR", "ANY"})
        ::setenv(name, "/nonexistent", 1);
    ::setenv("LANG", "C.UTF-8", 1);
    const pkcs11::Worker worker =
        worker_at_work({.path = {}, .environment = {{"HOME", "/modules"}, {"SOFTHSM2_CONF", "/its"}}});
    for (const char* name : {"LD_LIBRARY_PATH", "OPENSC_CONF", "OPENSSL_CONF", "PCSCLITE_CSOCK_NAME", "TMPDIR", "ANY"})
        ::unsetenv(name);
    if (::geteuid() != 0)
        return; // nobody else may look
    const std::string variables = contents(folder_of(worker.pid()) / "environ");
    CHECK(variables.find("/nonexistent") == std::string::npos);
    for (const std::string given : {"HOME=/modules", "SOFTHSM2_CONF=/its", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr"})
        CHECK(variables.find(given) != std::string::npos);
}

TEST_CASE("P8: variables are chosen by their whole names, or by how they begin")
{
    const base::Variables all = {"HOME=/h", "HOMES=/x", "LC_ALL=C", "LCX=1", "LD_PRELOAD=HOME=", "HOME", "=HOME"};
    constexpr std::array<std::string_view, 2> kNames{"HOME", "LC_*"};
    CHECK(base::chosen(all, kNames) == base::Variables{"HOME=/h", "LC_ALL=C"});
}

#ifndef SCEAU_SANITIZED
TEST_CASE("P8 P11: an agent that is started by hand drops the session's variables and its privileges")
{
    const AgentByHand agent([] {
        for (const char* name : {"LD_LIBRARY_PATH", "OPENSSL_CONF", "GTK_MODULES", "MALLOC_PERTURB_", "ANY"})
            ::setenv(name, "/nonexistent", 1);
    });
    const pid_t worker = agent.worker();
    // The worker may not have confined itself yet, but it already has what it inherits.
    for (const pid_t pid : {agent.pid(), worker}) {
        CHECK(has(folder_of(pid) / "status", "NoNewPrivs:\t1\n"));
        CHECK(has(folder_of(pid) / "status", "Seccomp:\t2\n"));
        CHECK_FALSE(has(folder_of(pid) / "environ", "/nonexistent"));
    }
    CHECK(contents(folder_of(agent.pid()) / "comm") == "sceau-agent\n");
    CHECK((agent.log().find("Landlock") == std::string::npos) == base::can_restrict_files());
    ::kill(agent.pid(), SIGKILL);
    CHECK(dies(worker));
}
#endif

#ifndef SCEAU_SANITIZED
TEST_CASE("P11: where no memory can be locked the agent's log says so")
{
    const AgentByHand agent([] {
        const rlimit none{};
        ::setrlimit(RLIMIT_MEMLOCK, &none);
        ::prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK); // root may lock any amount
    });
    CHECK_THAT(agent.log(), Catch::Contains("no memory can be locked"));
}
#endif

TEST_CASE("P11: a dialog ends with its agent")
{
    const auto launcher = base::libexec_program("sceau-dialog");
    REQUIRE(launcher);
    std::array<int, 2> input{}; // its other end stays open, so the dialog does not see the end of its input
    REQUIRE(::pipe2(input.data(), O_CLOEXEC) == 0);
    Child agent([&](int news) {
        const std::string parent = std::to_string(::getpid());
        const pid_t dialog = ::fork();
        if (dialog == 0) {
            ::dup2(input[0], STDIN_FILENO);
            ::execl(launcher->c_str(), launcher->c_str(), parent.c_str(), "/bin/cat", nullptr);
            ::_exit(1);
        }
        tell(news, dialog);
    });
    const pid_t dialog = agent.news();
    REQUIRE(dialog > 0);
    const UniqueFd process(::pidfd_open(dialog, 0));
    pollfd death = {.fd = process.value(), .events = POLLIN, .revents = 0};
    while (!has(folder_of(dialog) / "comm", "cat"))
        REQUIRE(::poll(&death, 1, 20) == 0);
    CHECK(has(folder_of(dialog) / "status", "NoNewPrivs:\t1\n"));
    agent.end();
    CHECK(::poll(&death, 1, kPatience) == 1);
    ::close(input[0]);
    ::close(input[1]);
}
