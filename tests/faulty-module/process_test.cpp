// What a module can do to the process that loads it.
#include "base/file_access.h"
#include "tests/faulty-module/faulty_desk.h"

#include <catch2/catch.hpp>
#include <signal.h>
#include <unistd.h>

using namespace sceau;
using namespace sceau::test;
using base::ErrorCode;

namespace {

ErrorCode failure_with(const FaultyDesk& desk, const std::string& order)
{
    const auto signature = desk.sign_with({order});
    REQUIRE_FALSE(signature);
    return signature.error().code;
}

} // namespace

TEST_CASE("output of a module to standard output and standard error disturbs nothing")
{
    const FaultyDesk desk;
    for (const std::string descriptor : {"0", "1", "2"}) {
        desk.sign_with({"C_SignInit write " + descriptor});
        desk.discover_with({"C_GetSlotList write " + descriptor});
    }
}

TEST_CASE("output of a module into the worker's channel is a failure of the token")
{
    const FaultyDesk desk;
    CHECK(failure_with(desk, "C_Initialize write 3") == ErrorCode::token_failed);
    CHECK(failure_with(desk, "C_Sign write 3") == ErrorCode::token_failed);
    CHECK(failure_with(desk, "C_Initialize forge-signature") == ErrorCode::token_failed);
    CHECK(failure_with(desk, "C_Sign forge-signature") == ErrorCode::token_failed);
    CHECK(desk.discover_with({"C_GetSlotList write 3"}).size() == 2);
    CHECK(desk.discover_with({"C_GetSlotList forge-signature"}).size() == 2);
}

TEST_CASE("a module that floods the worker's channel is a failure of the token")
{
    const FaultyDesk desk;
    for (const std::string report : {"ready", "certificate"}) {
        CHECK(failure_with(desk, "C_Initialize flood " + report) == ErrorCode::token_failed);
        CHECK(failure_with(desk, "C_Sign flood " + report) == ErrorCode::token_failed);
        CHECK(desk.discover_with({"C_GetSlotList flood " + report}).size() == 2);
    }
}

TEST_CASE("a module that closes all descriptors is a failure of the token")
{
    const FaultyDesk desk;
    CHECK(failure_with(desk, "C_Initialize close-descriptors") == ErrorCode::token_failed);
    CHECK(failure_with(desk, "C_Sign close-descriptors") == ErrorCode::token_failed);
    CHECK(desk.discover_with({"C_GetSlotList close-descriptors"}).size() == 2);
}

TEST_CASE("a module that changes signals, environment, folder or umask, or starts threads, signs as any other")
{
    const FaultyDesk desk;
    for (const std::string fault : {"change-signals", "change-surroundings", "start-threads"})
        for (const std::string function : {"C_GetSlotList ", "C_Sign ", "C_Logout "})
            CHECK(desk.sign_with({function + fault}));
    for (const std::string fault : {"change-signals", "change-surroundings", "start-threads"})
        CHECK(desk.discover_with({"C_GetSlotList " + fault}).size() == 2);
}

TEST_CASE("a child that a module leaves with the worker's channel open keeps nobody waiting")
{
    for (const std::string function : {"C_Initialize", "C_Login", "C_Logout"}) {
        const FaultyDesk desk(600); // no test would wait that long
        desk.faults.order({function + " leave-child"});
        const auto signature = desk.sign(Signer::bob);
        const pid_t child = std::stoi(desk.faults.wait_for_news());
        CHECK(signature);
        desk.check_that_it_signs();
        ::kill(child, SIGKILL);
    }
}

TEST_CASE("a child that a module leaves does not hide the crash of its worker")
{
    const FaultyDesk desk(600);
    desk.faults.order({"C_SignInit leave-child", "C_SignInit crash"});
    const auto crashed = desk.sign(Signer::bob);
    const pid_t child = std::stoi(desk.faults.wait_for_news());
    REQUIRE_FALSE(crashed);
    CHECK(crashed.error().code == ErrorCode::token_failed);
    desk.check_that_it_signs();
    ::kill(child, SIGKILL);
}

#ifndef SCEAU_SANITIZED // sanitizers' allocators end the process, and their memory is not limited
TEST_CASE("a module that asks for memory without end gets an error before the machine has none left")
{
    const FaultyDesk desk;
    CHECK(failure_with(desk, "C_Sign take-memory") == ErrorCode::token_failed);
    CHECK(desk.discover_with({"C_GetSlotList take-memory"}).size() == 2);
}

TEST_CASE("P14: a module opens no other process's memory, and writes only where modules keep their files")
{
    if (!base::can_restrict_files())
        return;
    const FaultyDesk desk;
    const std::string memory = "/proc/" + std::to_string(::getpid()) + "/mem";
    const std::string elsewhere = SCEAU_BINARY_DIR "/tests/written-by-a-module";
    const std::string at_home = desk.folder.path() / "written";
    CHECK(desk.sign_with({"C_Sign#1 reach " + memory, "C_Sign#1 reach " + elsewhere, "C_Sign#1 reach " + at_home,
                          "C_Sign#1 reach " SCEAU_BINARY_DIR "/tests/faulty-module.so"}));
    CHECK(desk.faults.reached() == memory + " not-read not-written\n" + elsewhere + " not-read not-written\n" +
                                       at_home + " not-read written\n" +
                                       SCEAU_BINARY_DIR "/tests/faulty-module.so read not-written\n");
}

TEST_CASE("an endless list of certificates ends only its worker")
{
    const FaultyDesk desk(kShortTime);
    desk.discover_with({"C_FindObjects endless", "C_GetAttributeValue repeated"});
}
#endif
