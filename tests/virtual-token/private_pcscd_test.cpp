// The real pcscd in its sandbox, and how PC/SC reports virtual tokens that come and go.
#include "tests/support/pcsc_client.h"
#include "tests/support/run.h"
#include "tests/virtual-token/piv_commands.h"

#include <catch2/catch.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

using namespace sceau;
using namespace sceau::test;
using Catch::Matchers::Contains;

namespace {

DWORD state_of(const PcscClient& client, const std::string& reader)
{
    SCARD_READERSTATE state{};
    state.szReader = reader.c_str();
    return SCardGetStatusChange(client.context(), 0, &state, 1) == SCARD_S_SUCCESS ? state.dwEventState : 0;
}

/// Returns how often the state changed (the upper half of the event state).
DWORD changes(DWORD state)
{
    return state >> 16;
}

std::string readers_of(const PrivatePcscd& pcscd)
{
    return run({"opensc-tool", "--list-readers"}, pcscd.environment());
}

} // namespace

TEST_CASE("pcscd listens on no address that others can reach")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    const std::string pid = std::to_string(pcscd.pid());
    const std::string ours = run({"ss", "-Hltnp"});
    CHECK_THAT(ours, !Contains("pid=" + pid));
    CHECK_THAT(ours, !Contains(":35963"));
    // pcscd's own network namespace has no interface but loopback.
    const std::string theirs = run({"cat", "/proc/" + pid + "/net/dev"});
    CHECK_THAT(theirs, Contains("lo:"));
    CHECK(std::ranges::count(theirs, '\n') == 3);
}

TEST_CASE("the machine's own pcscd folder is left alone")
{
    const std::vector<std::string> look = {"sh", "-c", "ls -la /run/pcscd 2>&1 || true"};
    const std::string before = run(look);
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    CHECK(run(look) == before);
    CHECK(std::filesystem::is_socket(pcscd.folder() / "pcscd.comm"));
}

TEST_CASE("PC/SC sees a card removed and inserted again")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    const PcscClient client(pcscd);
    const std::string reader = pcscd.reader(card);
    const DWORD at_first = state_of(client, reader);
    CHECK((at_first & SCARD_STATE_PRESENT) != 0);

    card.remove();
    pcscd.wait_until_absent(card);
    const DWORD without = state_of(client, reader);
    CHECK((without & SCARD_STATE_EMPTY) != 0);
    CHECK(changes(without) == changes(at_first) + 1);

    card.insert();
    pcscd.wait_until_present(card);
    const DWORD again = state_of(client, reader);
    CHECK((again & SCARD_STATE_PRESENT) != 0);
    CHECK(changes(again) == changes(at_first) + 2);
}

TEST_CASE("a token that is unplugged takes its reader along, and gives it back when it is plugged in")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    const std::string reader = pcscd.reader(card);
    CHECK(reader == "Virtual token 00 00");
    for (int round = 0; round < 2; ++round) {
        pcscd.unplug(card);
        CHECK_THAT(readers_of(pcscd), Contains("No smart card readers found"));
        pcscd.plug(card);
        CHECK_THAT(readers_of(pcscd), Contains("Yes             " + reader));
    }
}

TEST_CASE("a token swapped for another takes over the reader's name")
{
    VirtualCard first;
    VirtualCard second;
    PrivatePcscd pcscd({&first, &second}, PrivatePcscd::Start::later);
    pcscd.unplug(second);
    pcscd.start();
    const std::string reader = pcscd.reader(first);
    pcscd.unplug(first);
    pcscd.plug(second);
    CHECK(pcscd.reader(second) == reader);
    PcscClient client(pcscd);
    REQUIRE(client.connect(reader) == SCARD_S_SUCCESS);
    CHECK(client.transmit(verify_query()).sw() == 0x63c3);
    CHECK(count_apdus(first.log()) == 0);
    CHECK(count_apdus(second.log()) == 1);
}

TEST_CASE("two tokens are present at the same time, independently")
{
    VirtualCard first;
    CardProfile other;
    other.pin = "999999";
    VirtualCard second(other);
    PrivatePcscd pcscd({&first, &second});
    CHECK(pcscd.reader(first) == "Virtual token 00 00");
    CHECK(pcscd.reader(second) == "Virtual token 01 00");
    PcscClient client(pcscd);
    REQUIRE(client.connect(pcscd.reader(second)) == SCARD_S_SUCCESS);
    CHECK(client.transmit(verify("999999")).sw() == 0x9000);
    CHECK(second.is_verified());
    CHECK_FALSE(first.is_verified());

    pcscd.unplug(first);
    CHECK(client.transmit(verify_query()).sw() == 0x9000);
    pcscd.plug(first);
    CHECK(client.transmit(verify_query()).sw() == 0x9000);
}

TEST_CASE("a reset and a power cycle take the PIN away, and the log says so")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    PcscClient client(pcscd);
    REQUIRE(client.connect(pcscd.reader(card)) == SCARD_S_SUCCESS);
    const auto [disposition, kind] = GENERATE(table<DWORD, LogEntry::Kind>(
        {{SCARD_RESET_CARD, LogEntry::Kind::reset}, {SCARD_UNPOWER_CARD, LogEntry::Kind::power_on}}));
    REQUIRE(client.transmit(verify("123456")).sw() == 0x9000);
    card.mark("before");
    REQUIRE(client.reconnect(disposition) == SCARD_S_SUCCESS);
    CHECK(count(after_mark(card.log(), "before"), kind) == 1);
    CHECK(client.transmit(verify_query()).sw() == 0x63c3);
    CHECK(card.counters().resets == (disposition == SCARD_RESET_CARD ? 1 : 0));
}

TEST_CASE("without a daemon PC/SC reports that, and a restarted daemon finds the tokens")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card}, PrivatePcscd::Start::later);
    CHECK_THROWS_WITH(PcscClient(pcscd), Contains("Service not available"));
    for (int round = 0; round < 2; ++round) {
        pcscd.start();
        PcscClient client(pcscd);
        REQUIRE(client.connect(pcscd.reader(card)) == SCARD_S_SUCCESS);
        CHECK(client.transmit(verify("123456")).sw() == 0x9000);
        pcscd.stop(round == 0 ? SIGKILL : SIGTERM);
        CHECK(client.transmit(verify_query()).result != SCARD_S_SUCCESS);
        CHECK_FALSE(card.is_verified());
    }
}

TEST_CASE("a token plugged in while the daemon is dead is found when it starts")
{
    VirtualCard card;
    PrivatePcscd pcscd({&card});
    pcscd.unplug(card);
    pcscd.stop();
    pcscd.plug(card);
    pcscd.start();
    pcscd.wait_until_present(card);
    CHECK(pcscd.reader(card) == "Virtual token 00 00");
}

TEST_CASE("everything dies with the process that started it, however that ends")
{
    const TemporaryFolder folder;
    REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); // orphans become our children
    const pid_t owner = ::fork();
    if (owner == 0) {
        ::setenv("TMPDIR", folder.path().c_str(), 1);
        VirtualCard card;
        PrivatePcscd pcscd({&card});
        ::raise(SIGKILL);
    }
    int status = 0;
    REQUIRE(::waitpid(owner, &status, 0) == owner);
    CHECK(WTERMSIG(status) == SIGKILL);
    while (::wait(nullptr) > 0)
        ; // wait() fails once the last of them is dead
    CHECK(errno == ECHILD);
}
