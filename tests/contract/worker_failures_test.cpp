// The real token store with modules that fail: a module hinders only itself, and what was seen remains.
#include "agent/tokens/worker_store.h"
#include "tests/faulty-module/faults.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using Kind = ipc::Obstacle::Kind;

namespace {

// Tokens "Good" and "Faulty", each behind its own module, without a pcscd.
class Desk {
  public:
    explicit Desk(std::chrono::seconds timeout = std::chrono::seconds(20))
    {
        good.add_token("Good");
        good.add_key("Good", {.key = "p256"});
        faulty.add_token("Faulty");
        faulty.add_key("Faulty", {.key = "p384"});
        pkcs11::Module module = faults.module(faulty);
        module.timeout = timeout;
        store = std::make_unique<WorkerStore>(std::vector{module, good.module()}, pkcs11::AfterLogin::reset);
    }

    std::vector<FoundToken> found()
    {
        std::optional<std::vector<FoundToken>> result;
        asio::co_spawn(context, store->discover(), [&](const std::exception_ptr& error, auto found) {
            if (error)
                std::rethrow_exception(error);
            result = std::move(found).value();
        });
        context.restart();
        while (!result)
            context.run_one();
        return *std::move(result);
    }

    /// Asks as a person does.
    std::vector<std::string> labels_afresh()
    {
        store->look_again();
        return labels();
    }

    std::vector<std::string> labels()
    {
        std::vector<std::string> labels;
        for (const FoundToken& token : found())
            labels.push_back(token.token.identity.label + " " + std::to_string(token.token.certificates.size()));
        return labels;
    }

    SoftHsm good;
    SoftHsm faulty;
    Faults faults;
    std::unique_ptr<WorkerStore> store;
    asio::io_context context; // the last member: coroutines that still wait are destroyed before what they wait for
};

const std::vector<std::string> kBoth = {"Faulty 1", "Good 1"};

} // namespace

TEST_CASE("a module that hangs keeps nobody from the tokens of another, and is named")
{
    Desk desk;
    desk.faults.order({"C_GetSlotList hang"});
    CHECK(desk.labels() == std::vector<std::string>{"Good 1"});
    REQUIRE(desk.store->obstacles().size() == 1);
    CHECK(desk.store->obstacles().front().kind == Kind::module_silent);
    CHECK_FALSE(desk.store->is_complete());
}

TEST_CASE("a module that failed is left alone until somebody insists")
{
    Desk desk(std::chrono::seconds(1));
    desk.faults.order({"C_GetSlotList hang"});
    CHECK(desk.labels() == std::vector<std::string>{"Good 1"});
    const auto asked = [&] { return desk.faults.calls_of("C_Initialize"); };
    REQUIRE(asked() == 1);
    desk.labels();
    CHECK(asked() == 1);
    desk.labels_afresh();
    CHECK(asked() == 2);
    desk.faults.order({});
    CHECK(desk.labels_afresh() == kBoth);
    CHECK(desk.store->obstacles().empty());
}

TEST_CASE("what a module showed stays known while it fails, and goes when it says so")
{
    Desk desk;
    REQUIRE(desk.labels() == kBoth);
    for (const std::string fault : {"C_GetSlotList crash", "C_Initialize return 0x30", "C_GetTokenInfo return 0x30",
                                    "C_OpenSession return 0x5", "C_GetAttributeValue return 0x5"}) {
        INFO(fault);
        desk.faults.order({fault});
        CHECK(desk.labels_afresh() == kBoth);
        REQUIRE(desk.store->obstacles().size() == 1);
        CHECK(desk.store->obstacles().front().kind == Kind::module_failed);
    }
    desk.faults.order({"C_GetSlotList none"});
    CHECK(desk.labels_afresh() == std::vector<std::string>{"Good 1"});
    CHECK(desk.store->obstacles().empty());
}

TEST_CASE("a discovery that fails once, or loses what was there, is asked once more")
{
    Desk desk;
    REQUIRE(desk.labels() == kBoth);
    for (const std::string fault : {"C_GetSlotList#1 crash", "C_GetSlotList#2 none", "C_GetTokenInfo#1 return 0x30",
                                    "C_FindObjects#1 return 0x5"}) {
        INFO(fault);
        desk.faults.order({fault});
        CHECK(desk.labels() == kBoth);
        CHECK(desk.faults.calls_of("C_Initialize") == 2);
        CHECK(desk.store->obstacles().empty());
    }
}

TEST_CASE("P9: a client that asks again and again keeps nobody else from the tokens")
{
    Desk desk;
    const auto ask_for_ever = [&]() -> asio::awaitable<void> {
        for (;;)
            static_cast<void>(co_await desk.store->discover());
    };
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(desk.context, ask_for_ever, asio::detached);
    REQUIRE(desk.labels() == kBoth);
    desk.faults.order({});
    CHECK(desk.labels() == kBoth);
    // The look under way, the next one, and one that somebody else asked for.
    CHECK(desk.faults.calls_of("C_Initialize") <= 3);
}

TEST_CASE("each obstacle has its kind")
{
    const TemporaryFolder folder;
    const auto kind = [](const std::filesystem::path& file) {
        asio::io_context context;
        WorkerStore store({{.path = file, .environment = {}}}, pkcs11::AfterLogin::reset);
        asio::co_spawn(context, store.discover(), asio::detached);
        context.run();
        REQUIRE(store.obstacles().size() == 1);
        CHECK(store.obstacles().front().module == file);
        return store.obstacles().front().kind;
    };
    CHECK(kind(folder.path() / "none.so") == Kind::module_missing);
    CHECK(kind(folder.path()) == Kind::module_unusable);
    CHECK(kind(folder.write("text.so", "no library")) == Kind::module_unusable);
    const WorkerStore without_modules({}, pkcs11::AfterLogin::reset);
    REQUIRE(without_modules.obstacles().size() == 1);
    CHECK(without_modules.obstacles().front().kind == Kind::no_module);
}

TEST_CASE("it is reported that no pcscd answers if a module shows no token")
{
    pkcs11::Module opensc{.path = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
                          .environment = {{"PCSCLITE_CSOCK_NAME", "/nonexistent"}}};
    WorkerStore store({opensc}, pkcs11::AfterLogin::reset);
    asio::io_context context; // destroyed before the store, for which some coroutines still wait
    asio::co_spawn(context, store.follow(), asio::detached);
    asio::co_spawn(context, store.discover(), asio::detached);
    while (store.obstacles().empty())
        context.run_one();
    CHECK(store.obstacles().front().kind == Kind::no_pcscd);
}
