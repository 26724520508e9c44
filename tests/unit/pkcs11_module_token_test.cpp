// Slots, tokens and sessions through the module as programs load it.
#include "base/unique_fd.h"
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

using namespace sceau;
using namespace sceau::test;

namespace {

bool is_plugged(CK_SLOT_ID slot)
{
    CK_SLOT_INFO info{};
    REQUIRE(functions().C_GetSlotInfo(slot, &info) == CKR_OK);
    CHECK((info.flags & CKF_REMOVABLE_DEVICE) != 0);
    return (info.flags & CKF_TOKEN_PRESENT) != 0;
}

// Waits for news of the agent, because no call of the module does.
template <class Condition>
bool eventually(Condition condition)
{
    for (int i = 0; i < 60000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

} // namespace

TEST_CASE("without an agent there is an empty slot and no token")
{
    ::setenv("SCEAU_SOCKET", "/nonexistent/agent", 1);
    const LoadedModule module;
    CHECK(module.slots(true).empty());
    CHECK(module.slots(false) == std::vector<CK_SLOT_ID>{0});
    CHECK_FALSE(is_plugged(0));
    CK_TOKEN_INFO info{};
    CHECK(module->C_GetTokenInfo(0, &info) == CKR_TOKEN_NOT_PRESENT);
    CK_SESSION_HANDLE session = 0;
    CHECK(module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) == CKR_TOKEN_NOT_PRESENT);
}

TEST_CASE("an agent that accepts and says nothing does not hang a program")
{
    const TemporaryFolder folder;
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, (folder.path() / "agent").c_str(), sizeof address.sun_path - 1);
    const base::UniqueFd silent(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(silent.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(silent.value(), 8) == 0);
    ::setenv("SCEAU_SOCKET", address.sun_path, 1);
    const LoadedModule module;
    for (int i = 0; i < 100; ++i) // if each call waited, this test would not end in time
        CHECK(module.slots(true).empty());
}

TEST_CASE("a token is shown as it calls itself, write-protected and without login")
{
    FakeAgent agent;
    agent.plug("Direction 2026", {&p256_identity()});
    const LoadedModule module;
    CHECK(module.slots(true) == std::vector<CK_SLOT_ID>{0});
    CK_TOKEN_INFO info{};
    REQUIRE(module->C_GetTokenInfo(0, &info) == CKR_OK);
    CHECK(std::string(info.label, info.label + 32) == "Direction 2026" + std::string(18, ' '));
    CHECK(std::string(info.model, info.model + 16) == "Fake" + std::string(12, ' '));
    CHECK((info.flags & CKF_WRITE_PROTECTED) != 0);
    CHECK((info.flags & (CKF_LOGIN_REQUIRED | CKF_PROTECTED_AUTHENTICATION_PATH)) == 0);
}

TEST_CASE("a token that is pulled and put back has its slot, its sessions and its objects again")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    const CK_OBJECT_HANDLE key = module.private_key(session, CKK_EC);
    agent.pull("one");
    REQUIRE(eventually([] { return !is_plugged(0); }));
    CK_SESSION_INFO info{};
    CHECK(module->C_GetSessionInfo(session, &info) == CKR_DEVICE_REMOVED);
    agent.plug("two", {&rsa_identity()});
    REQUIRE(eventually([&] { return module.slots(true) == std::vector<CK_SLOT_ID>{1}; }));
    agent.plug("one", {&p256_identity()});
    REQUIRE(eventually([] { return is_plugged(0); }));
    CHECK(module->C_GetSessionInfo(session, &info) == CKR_OK);
    CHECK(module.private_key(session, CKK_EC) == key);
}

TEST_CASE("an operation begun before a token was pulled is not in the way when the token is back")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    const CK_OBJECT_HANDLE key = module.private_key(session, CKK_EC);
    CK_MECHANISM mechanism{.mechanism = CKM_ECDSA, .pParameter = nullptr, .ulParameterLen = 0};
    REQUIRE(module->C_FindObjectsInit(session, nullptr, 0) == CKR_OK);
    REQUIRE(module->C_SignInit(session, &mechanism, key) == CKR_OK);
    agent.pull("one");
    REQUIRE(eventually([] { return !is_plugged(0); }));
    CHECK(module->C_FindObjectsFinal(session) == CKR_DEVICE_REMOVED);
    agent.plug("one", {&p256_identity()});
    REQUIRE(eventually([] { return is_plugged(0); }));
    CHECK(module->C_FindObjectsInit(session, nullptr, 0) == CKR_OK);
    CHECK(module->C_SignInit(session, &mechanism, key) == CKR_OK);
}

TEST_CASE("an agent that restarts is found again by itself")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    agent.stop();
    CHECK(module.slots(true).empty());
    agent.start();
    REQUIRE(eventually([] { return is_plugged(0); }));
    CHECK(module.private_key(session, CKK_EC) != CK_INVALID_HANDLE);
}

TEST_CASE("an agent that starts after the program did is found")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    agent.stop();
    const LoadedModule module;
    CHECK(module.slots(true).empty());
    agent.start();
    CHECK(module.slots(true) == std::vector<CK_SLOT_ID>{0}); // the module waits for the agent's first message
}

TEST_CASE("new slots are listed when their number is asked for")
{
    FakeAgent agent;
    agent.plug("one", {});
    const LoadedModule module;
    CHECK(module.slots(false).size() == 2);
    agent.plug("two", {});
    REQUIRE(eventually([] { return is_plugged(1); }));
    std::vector<CK_SLOT_ID> ids(9);
    CK_ULONG count = ids.size();
    CHECK(module->C_GetSlotList(CK_FALSE, ids.data(), &count) == CKR_OK);
    CHECK(count == 2);
    CHECK(module.slots(false).size() == 3);
    count = 1;
    CHECK(module->C_GetSlotList(CK_FALSE, ids.data(), &count) == CKR_BUFFER_TOO_SMALL);
    CHECK(count == 3);
}

TEST_CASE("a program that asks without waiting is told which slot changed")
{
    FakeAgent agent;
    const LoadedModule module;
    CK_SLOT_ID slot = 9;
    CHECK(module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_NO_EVENT);
    agent.plug("one", {});
    REQUIRE(eventually([&] { return module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_OK; }));
    CHECK(slot == 0);
    CHECK(module->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr) == CKR_NO_EVENT);
    CHECK(module->C_WaitForSlotEvent(0, &slot, nullptr) == CKR_FUNCTION_NOT_SUPPORTED);
}

TEST_CASE("a session for writing is granted and any PIN is taken")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    CK_SESSION_HANDLE session = 0;
    REQUIRE(module->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session) == CKR_OK);
    std::string pin = "no PIN of this token";
    CHECK(module->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size()) == CKR_OK);
    CHECK(module->C_Login(session, CKU_USER, nullptr, 0) == CKR_OK);
    CK_SESSION_INFO info{};
    REQUIRE(module->C_GetSessionInfo(session, &info) == CKR_OK);
    CHECK(info.state == CKS_RW_USER_FUNCTIONS);
    CHECK(module->C_Logout(session) == CKR_OK);
    REQUIRE(module->C_GetSessionInfo(session, &info) == CKR_OK);
    CHECK(info.state == CKS_RW_PUBLIC_SESSION);
    CK_OBJECT_CLASS data = CKO_DATA;
    CK_ATTRIBUTE wanted = attribute(CKA_CLASS, data);
    CK_OBJECT_HANDLE object = 0;
    CHECK(module->C_CreateObject(session, &wanted, 1, &object) == CKR_TOKEN_WRITE_PROTECTED);
    CHECK(module->C_DestroyObject(session, module.private_key(session, CKK_EC)) == CKR_TOKEN_WRITE_PROTECTED);
}

TEST_CASE("sessions are closed one by one and all at once")
{
    FakeAgent agent;
    agent.plug("one", {});
    const LoadedModule module;
    const CK_SESSION_HANDLE one = module.open_session();
    const CK_SESSION_HANDLE two = module.open_session();
    const CK_SESSION_HANDLE three = module.open_session();
    CHECK(module->C_CloseSession(one) == CKR_OK);
    CHECK(module->C_CloseSession(one) == CKR_SESSION_HANDLE_INVALID);
    CHECK(module->C_CloseAllSessions(0) == CKR_OK);
    for (const CK_SESSION_HANDLE closed : {two, three})
        CHECK(module->C_Logout(closed) == CKR_SESSION_HANDLE_INVALID);
}

TEST_CASE("a forked child continues on a connection of its own and may initialise anew")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    const pid_t child = ::fork();
    if (child == 0) {
        CK_SESSION_INFO info{};
        const bool goes_on = functions().C_GetSessionInfo(session, &info) == CKR_OK;
        const bool anew = functions().C_Initialize(nullptr) == CKR_OK &&
                          functions().C_GetSessionInfo(session, &info) == CKR_SESSION_HANDLE_INVALID;
        const bool once = functions().C_Initialize(nullptr) == CKR_CRYPTOKI_ALREADY_INITIALIZED;
        CK_ULONG count = 0;
        const bool sees = functions().C_GetSlotList(CK_TRUE, nullptr, &count) == CKR_OK && count == 1;
        ::_exit(goes_on && anew && once && sees && functions().C_Finalize(nullptr) == CKR_OK ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    agent.plug("two", {});
    CHECK(eventually([&] { return module.slots(true).size() == 2; })); // the parent's connection still works
}

TEST_CASE("a forked child that initialises anew finds each token in the slot that it had, whatever came and went")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity()});
    agent.plug("two", {&p256_identity()});
    const LoadedModule module;
    const auto slots = module.slots(true);
    REQUIRE(slots.size() == 2);
    std::array<int, 2> changed{};
    REQUIRE(::pipe(changed.data()) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char word = 0;
        CK_ULONG count = 0;
        CK_TOKEN_INFO token{};
        const bool finds = ::read(changed[0], &word, 1) == 1 && functions().C_Initialize(nullptr) == CKR_OK &&
                           functions().C_GetSlotList(CK_TRUE, nullptr, &count) == CKR_OK &&
                           functions().C_GetTokenInfo(slots[0], &token) == CKR_TOKEN_NOT_PRESENT &&
                           functions().C_GetTokenInfo(slots[1], &token) == CKR_OK && token.label[0] == 't';
        ::_exit(finds ? 0 : 1);
    }
    agent.pull("one");
    agent.plug("another", {&p256_identity()});
    REQUIRE(::write(changed[1], "x", 1) == 1);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    ::close(changed[0]);
    ::close(changed[1]);
}
