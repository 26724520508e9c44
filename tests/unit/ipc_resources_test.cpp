// What a client can make the server hold or wait for: bytes of requests, descriptors, connections.
#include "ipc/call.h"
#include "ipc/pace.h"
#include "ipc/request_budget.h"
#include "ipc_fixture.h"
#include "tests/support/lingering_socket.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include <future>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;
using namespace std::string_literals;

namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

// Returns a request of this length.
std::string long_request(std::size_t size)
{
    return encode_call<ListKeys>({.email = "1" + std::string(size, ' '), .usage = {}}, Mode::single);
}

void make_waiting(RunningServer& server, RawClient& client)
{
    const int before = server.script().waiting;
    client.send_frame(kWait);
    REQUIRE(eventually([&] { return server.script().waiting == before + 1; }));
}

} // namespace

TEST_CASE("P10: unanswered requests share one budget, of which each connection has a part of its own")
{
    RequestBudget budget(16 * kMegabyte, 256);
    CHECK(budget.allowance() == 16384);
    const std::size_t most = budget.for_one_program() + budget.allowance();
    SECTION("one program gets half of what is shared, by however many connections")
    {
        CHECK(budget.change("a", 0, most));
        CHECK_FALSE(budget.change("a", 0, budget.allowance() + 1));
        CHECK_FALSE(budget.change("a", most, most + 1));
        CHECK(budget.change("a", most, most));
        CHECK(budget.change("b", 0, kMegabyte));
        CHECK(budget.change("a", most, most - kMegabyte));
        CHECK(budget.change("a", 0, kMegabyte));
    }
    SECTION("all programs together get no more than there is")
    {
        CHECK(budget.change("a", 0, most));
        CHECK(budget.change("b", 0, most));
        CHECK_FALSE(budget.change("c", 0, budget.allowance() + 1));
        CHECK(budget.change("b", most, 0));
        CHECK(budget.change("c", 0, kMegabyte));
    }
    SECTION("the allowances are there whatever happens")
    {
        CHECK(budget.change("a", 0, most));
        CHECK(budget.change("b", 0, most));
        for (int i = 0; i < 254; ++i)
            CHECK(budget.change(i % 2 == 0 ? "a" : "c", 0, budget.allowance()));
    }
}

TEST_CASE("P10: a client that asks for more bytes than there are is Busy and small requests are still served")
{
    RunningServer server;
    RawClient small(server.socket());
    std::vector<RawClient> clients;
    for (int i = 0; i < 16; ++i) {
        make_waiting(server, clients.emplace_back(server.socket()));
        clients.back().send_frame(long_request(kMegabyte - 1000));
        CHECK(decode_reply<ListTokens>(small.call(kListTokens)));
    }
    CHECK(is_served(server));
    server.script().released = true;
    std::size_t refused = 0;
    std::size_t answered = 0;
    for (RawClient& client : clients) {
        CHECK(decode_reply<ListKeys>(client.receive_frame().value()));
        const std::string error = error_name(client.receive_frame());
        answered += error == "none" ? 1U : 0U;
        refused += error == "org.sceau.Agent.Busy" ? 1U : 0U;
    }
    CHECK(answered >= 5); // of the 6 MiB that one program may have, less the first bytes of what was refused
    CHECK(answered <= 6);
    CHECK(refused == clients.size() - answered);
    RawClient later(server.socket());
    CHECK(error_name(later.call(long_request(kMegabyte - 1000))) == "none");
}

TEST_CASE("P10: unfinished frames count, and what they held is free when their clients have gone")
{
    RunningServer server;
    {
        std::vector<RawClient> clients;
        for (int i = 0; i < 20; ++i)
            clients.emplace_back(server.socket()).send(std::string(kMegabyte - 1, ' '));
        CHECK(error_name(clients.back().receive_frame()) == "org.sceau.Agent.Busy");
        CHECK(clients.back().receive_frame() == std::nullopt);
        CHECK(is_served(server));
    }
    CHECK(eventually(
        [&] { return error_name(RawClient(server.socket()).call(long_request(kMegabyte - 1000))) == "none"; }));
}

TEST_CASE("P10: a descriptor whose close hangs delays nobody else")
{
    RunningServer server;
    RawClient client(server.socket());
    sceau::test::LingeringSocket lingering;
    SECTION("with a request")
    {
        client.send_with_descriptor(kListTokens + "\0"s, lingering.socket.value());
    }
    SECTION("behind what ends the connection")
    {
        client.send("nonsense\0"s);
        client.send_with_descriptor("x", lingering.socket.value());
    }
    SECTION("while a request is handled")
    {
        make_waiting(server, client);
        client.send_with_descriptor(kListTokens + "\0"s, lingering.socket.value());
    }
    SECTION("inside another socket that is sent")
    {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        const base::UniqueFd receiving(ends[0]);
        RawClient sending(base::UniqueFd{ends[1]});
        sending.send_with_descriptor("x", lingering.socket.value());
        client.send_with_descriptor(kListTokens + "\0"s, receiving.value());
    }
    lingering.let_go();
    while (client.receive_frame())
        continue;
    CHECK(is_served(server));
    CHECK(is_served(server));
}

TEST_CASE("P9: a client that does not take its progress is not waited for long")
{
    Limits limits;
    limits.reply_timeout = std::chrono::hours(1);
    limits.progress_timeout = std::chrono::milliseconds(1);
    const Handler tells_for_ever = [&](const Peer&, Request,
                                       ReplyStream& stream) -> asio::awaitable<base::Result<Reply>> {
        for (;;) {
            Reply progress = ProgressReply{Progress{.state = State::pin, .token_label = "token"}};
            const auto sent = co_await stream.send(std::move(progress));
            if (!sent)
                co_return std::unexpected(sent.error());
        }
    };
    RunningServer server(tells_for_ever, limits);
    RawClient client(server.socket());
    client.send_frame(encode_call<Sign>({.key = {},
                                         .scheme = base::Scheme::ecdsa_secp256r1_sha256,
                                         .digest = base::Bytes(32, 7),
                                         .evidence = {},
                                         .terminal = {}},
                                        Mode::more));
    CHECK(client.closed_by_server());
}

TEST_CASE("P9: clients that have gone again before their turn are passed over")
{
    std::promise<void> release;
    std::atomic<int> handled = 0;
    const Handler holds_all_once = [&](const Peer&, Request, ReplyStream&) -> asio::awaitable<base::Result<Reply>> {
        if (++handled == 1)
            release.get_future().wait();
        co_return Reply(ListTokens::Reply{});
    };
    RunningServer server(holds_all_once);
    RawClient first(server.socket());
    first.send_frame(kListTokens);
    REQUIRE(eventually([&] { return handled == 1; }));
    for (int i = 0; i < 400; ++i)
        RawClient(server.socket()).send_frame(kListTokens);
    RawClient honest(server.socket());
    honest.send_frame(kListTokens);
    release.set_value();
    CHECK(decode_reply<ListTokens>(honest.receive_frame().value()));
    CHECK(handled == 2);
}

TEST_CASE("P9: other programs' calls are taken up between those of a program with many connections")
{
    Pace pace;
    std::string order;
    asio::io_context context;
    const auto call_of = [&](std::string program) -> asio::awaitable<void> {
        co_await pace.turn(program);
        order += program;
    };
    for (int i = 0; i < 100; ++i)
        asio::co_spawn(context, call_of("a"), asio::detached);
    asio::co_spawn(context, call_of("b"), asio::detached);
    context.run();
    CHECK(order.size() == 101);
    CHECK(order.find('b') < 10);
}
