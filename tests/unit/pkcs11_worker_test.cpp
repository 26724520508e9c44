#include "base/channel.h"
#include "base/installation.h"
#include "base/pidfd.h"
#include "tests/faulty-module/faults.h"
#include "tests/unit/pkcs11_steps.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::test;
using base::ErrorCode;
using base::Scheme;
using base::UniqueFd;

namespace {

constexpr auto kP256 = Scheme::ecdsa_secp256r1_sha256;

struct Fixture {
    Fixture()
    {
        softhsm.add_token("Token", pin);
        key = softhsm.add_key("Token", {.key = "p256"}, AlwaysAuthenticate::yes);
        task = sign_task(softhsm.module(), "Token", key.cka_id, kP256);
    }

    Module faulty(const std::string& fault) const
    {
        faults.order({fault});
        return faults.module(softhsm);
    }

    void wait_until_it_hangs() const { REQUIRE(faults.wait_for_news() == "hangs"); }

    // A text that is not in memory by chance.
    const std::string pin = "Kx7!qVw42-Zr";
    SoftHsm softhsm;
    Certified key;
    std::optional<KeyTask> task;
    Faults faults;
};

/// Waits at most 20 seconds for a process to die.
bool dies(pid_t pid)
{
    const UniqueFd process(::pidfd_open(pid, 0));
    pollfd death = {.fd = process.value(), .events = POLLIN, .revents = 0};
    return !process || ::poll(&death, 1, 20'000) == 1;
}

/// Returns the status of a child for which nobody has waited.
siginfo_t status_of(pid_t pid)
{
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) == 0);
    return info;
}

std::string failure(const Module& module, const Task& task)
{
    Worker worker = start(module, task);
    const auto error = expect<Failed>(worker).error;
    expect<Ended>(worker);
    CHECK(error.code == ErrorCode::unsupported);
    return error.message;
}

#ifndef SCEAU_SANITIZED // the memory of sanitizers is too large
/// Counts the text in all memory that the process may write to.
std::size_t occurrences_in_memory(pid_t pid, std::string_view text)
{
    std::size_t count = 0;
    std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
    const UniqueFd memory(::open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(memory);
    for (std::string line; std::getline(maps, line);) {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        char dash = 0;
        std::string rights;
        std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
        if (!rights.starts_with("rw"))
            continue;
        std::string content(end - begin, '\0');
        const ssize_t size = ::pread(memory.value(), content.data(), content.size(), static_cast<off_t>(begin));
        content.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        for (auto at = content.find(text); at != std::string::npos; at = content.find(text, at + 1))
            ++count;
    }
    return count;
}
#endif

} // namespace

TEST_CASE("a missing file or one that is not a module is a clear failure of either task")
{
    const Fixture fixture;
    const auto check = [&](const Task& task) {
        CHECK_THAT(failure({.path = "/nonexistent/module.so", .environment = {}}, task),
                   Catch::StartsWith("cannot load the module: /nonexistent/module.so: ") &&
                       Catch::Contains("No such file"));
        CHECK(failure({.path = "libm.so.6", .environment = {}}, task) == "libm.so.6 is no PKCS#11 module");
    };
    check(DiscoverTask{});
    check(*fixture.task);
}

TEST_CASE("a crash of the module costs its worker and is reported with its signal")
{
    const Fixture fixture;
    Worker initializing = start(fixture.faulty("C_Initialize abort"), DiscoverTask{});
    const auto crashed = next_report(initializing);
    REQUIRE_FALSE(crashed);
    CHECK(crashed.error() == base::token_failed("the token's worker was ended by signal 6 (Aborted)"));

    Worker signing = start(fixture.faulty("C_Sign abort"), *fixture.task);
    expect<Ready>(signing);
    REQUIRE(signing.send_pin(secret(fixture.pin)));
    const auto crashed_later = next_report(signing);
    REQUIRE_FALSE(crashed_later);
    CHECK(crashed_later.error().code == ErrorCode::token_failed);
}

TEST_CASE("a crash after the signature loses neither the signature nor the news of the crash")
{
    const Fixture fixture;
    Worker worker = start(fixture.faulty("C_Finalize abort"), *fixture.task);
    expect<Ready>(worker);
    REQUIRE(worker.send_pin(secret(fixture.pin)));
    CHECK(verifies("p256", kP256, expect<Performed>(worker).output));
    CHECK_FALSE(next_report(worker));
}

TEST_CASE("a hanging module reports nothing, and its worker is gone with its handle")
{
    const Fixture fixture;
    pid_t pid = -1;
    {
        Worker worker = start(fixture.faulty("C_Initialize hang"), DiscoverTask{});
        pid = worker.pid();
        fixture.wait_until_it_hangs();
        const auto report = worker.receive();
        REQUIRE(report);
        CHECK_FALSE(*report);
    }
    CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("a worker that is killed while it signs is a failure of the token")
{
    const Fixture fixture;
    Worker worker = start(fixture.faulty("C_Sign hang"), *fixture.task);
    expect<Ready>(worker);
    REQUIRE(worker.send_pin(secret(fixture.pin)));
    fixture.wait_until_it_hangs();
    ::kill(worker.pid(), SIGKILL);
    const auto report = next_report(worker);
    REQUIRE_FALSE(report);
    CHECK(report.error() == base::token_failed("the token's worker was ended by signal 9 (Killed)"));
}

TEST_CASE("a worker waits for its PIN and ends by itself when the agent gives up")
{
    const Fixture fixture;
    Worker worker = start(fixture.softhsm.module(), *fixture.task);
    expect<Ready>(worker);
    REQUIRE(::shutdown(worker.channel(), SHUT_RDWR) == 0);
    const siginfo_t end = status_of(worker.pid());
    CHECK(end.si_code == CLD_EXITED);
    CHECK(end.si_status == 0);
}

TEST_CASE("a worker dies with its agent")
{
    const Fixture fixture;
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    const pid_t agent = ::fork();
    if (agent == 0) {
        const auto worker = Worker::start(fixture.faulty("C_Initialize hang"), DiscoverTask{});
        const pid_t pid = worker->pid();
        if (::write(pipe[1], &pid, sizeof pid) != sizeof pid)
            ::_exit(1);
        ::pause();
    }
    pid_t worker = -1;
    REQUIRE(::read(pipe[0], &worker, sizeof worker) == sizeof worker);
    fixture.wait_until_it_hangs();
    ::kill(agent, SIGKILL);
    ::waitpid(agent, nullptr, 0);
    CHECK(dies(worker));
    ::kill(worker, SIGKILL); // the worker would outlive the test if it did not die by itself
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST_CASE("a worker has only its channel and the standard descriptors, no core file and a tight umask")
{
    const Fixture fixture;
    const UniqueFd inherited(::fcntl(STDERR_FILENO, F_DUPFD, 50)); // without FD_CLOEXEC
    REQUIRE(inherited);
    discover(fixture.faulty("C_Initialize describe"));
#ifdef SCEAU_SANITIZED
    const std::string dumpable = "1"; // leak detection inspects the process
#else
    const std::string dumpable = "0";
#endif
    CHECK(fixture.faults.description() == "0 /dev/null\n1 /dev/null\n2\n3\n4 /memfd:opensc.conf (deleted)\ndumpable " +
                                              dumpable + "\ncore 0\numask 63\n");
}

TEST_CASE("P8: a worker has its module's variables whatever the environment of this process")
{
    const Fixture fixture;
    REQUIRE(::setenv("SOFTHSM2_CONF", "/nonexistent", 1) == 0);
    CHECK(discover(fixture.softhsm.module()).size() == 1);
    ::unsetenv("SOFTHSM2_CONF");
}

#ifndef SCEAU_SANITIZED
TEST_CASE("once the token has it, the PIN is nowhere in the worker's memory")
{
    const Fixture fixture;
    Worker worker = start(fixture.faulty("C_Sign hang"), *fixture.task);
    expect<Ready>(worker);
    REQUIRE(worker.send_pin(secret(fixture.pin)));
    fixture.wait_until_it_hangs();
    if (::geteuid() != 0) {
        // If the test may not read this, no other program of the person may.
        CHECK(::open(("/proc/" + std::to_string(worker.pid()) + "/mem").c_str(), O_RDONLY | O_CLOEXEC) < 0);
        return;
    }
    CHECK(occurrences_in_memory(worker.pid(), "SOFTHSM2_CONF=") > 0); // the search itself works
    CHECK(occurrences_in_memory(worker.pid(), fixture.pin) == 0);
}
#endif

TEST_CASE("what a module writes into the channel is not taken for a report")
{
    const Fixture fixture;
    Worker worker = start(fixture.faulty("C_Initialize write 3"), DiscoverTask{});
    const auto report = next_report(worker);
    REQUIRE_FALSE(report);
    CHECK(report.error().code == ErrorCode::token_failed);
}

TEST_CASE("a worker refuses an invalid task")
{
    const auto program = base::libexec_program("sceau-token");
    REQUIRE(program);
    const std::string packet =
        GENERATE(std::string("{}"), std::string("{\"format\":{}}"), std::string("\0", 1),
                 std::string(R"({"discover":{"busy_readers":[],"certificate_cache":"","login":true}})"), std::string());
    std::array<int, 2> pair{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) == 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(pair[1], base::kChannelFd);
        ::fcntl(base::kChannelFd, F_SETFD, 0);
        ::execl(program->c_str(), program->c_str(), kSoftHsmModule, nullptr);
        ::_exit(1);
    }
    ::close(pair[1]);
    if (!packet.empty())
        REQUIRE(base::send_packet(pair[0], packet, base::Wait::no));
    ::shutdown(pair[0], SHUT_WR);
    CHECK(status_of(pid).si_status == EX_SOFTWARE);
    ::waitpid(pid, nullptr, 0);
    ::close(pair[0]);
}
