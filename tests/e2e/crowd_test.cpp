// P9 and P10 with the real agent, command and dialog, and a program of the same person that asks as much as it can.

#include "tests/e2e/crowd_desk.h"
#include "tests/support/pcsc_readers.h"

#include <catch2/catch.hpp>

#include <fstream>

using namespace sceau::test;

namespace {

// A program is refused after so many cancelled dialogs in a minute (agent/policy.cpp).
constexpr std::size_t kMostCancels = 3;
// Limits in KiB.
#ifdef SCEAU_SANITIZED
constexpr long kMostMemory = 8L << 20; // the sanitizers keep freed memory
constexpr long kMostAtRest = kMostMemory;
#else
constexpr long kMostMemory = 96L << 10; // 16 MiB of it are the budget for requests
constexpr long kMostAtRest = 48L << 10;
#endif

/// Resident memory, in KiB.
long memory_of(pid_t process)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;)
        if (long size = 0; word == "VmRSS:" && status >> size)
            return size;
    return 0;
}

void check_that_alice_signs(Crowd crowd, int connections)
{
    const CrowdDesk desk;
    INFO(connections << " connections that " << to_string(crowd));
    auto hostile = desk.start(crowd, connections);
    for (int mail = 0; mail < 2; ++mail) {
        const Ended ended = desk.sign();
        INFO(ended.err);
        CHECK(ended.status == 0);
    }
    CHECK(desk.person.times_asked() == 2);
    CHECK(desk.person.times_refused() <= 2 * kMostCancels); // on a slow machine a second minute may begin
    CHECK(desk.person.times_told() <= 1);
    CHECK(memory_of(desk.pid()) < kMostMemory);
    hostile.reset();
    wait_until("memory is given back", [&] { return memory_of(desk.pid()) < kMostAtRest; });
}

} // namespace

TEST_CASE("P9 P10: alice signs while 64 connections of a hostile program do what they can", "[whole]")
{
    check_that_alice_signs(GENERATE(from_range(kCrowds.begin(), kCrowds.end())), 64);
}

TEST_CASE("P9 P10: alice signs while 250 connections of a hostile program do what they can", "[whole]")
{
    check_that_alice_signs(GENERATE(from_range(kCrowds.begin(), kCrowds.end())), 250);
}
