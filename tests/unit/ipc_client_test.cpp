#include "ipc/client.h"
#include "ipc_fixture.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <csignal>
#include <cstdlib>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;
using base::ErrorCode;
using namespace std::string_literals;

namespace {

Sign::Parameters sign(std::size_t digest_size)
{
    return {.key = {},
            .scheme = base::Scheme::rsa_pkcs1_sha256,
            .digest = base::Bytes(digest_size, 7),
            .evidence = {},
            .terminal = {}};
}

// An agent that answers one call with these bytes and closes.
class FalseAgent {
  public:
    explicit FalseAgent(std::string answer)
        : listener_(Listener::open(folder_.path() / "agent").value()), thread_([this, answer = std::move(answer)] {
              int flags = ::fcntl(listener_.fd(), F_GETFL);
              ::fcntl(listener_.fd(), F_SETFL, flags & ~O_NONBLOCK);
              const base::UniqueFd client(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
              std::array<char, 4096> call;
              if (::recv(client.value(), call.data(), call.size(), 0) > 0)
                  ::send(client.value(), answer.data(), answer.size(), MSG_NOSIGNAL);
          })
    {
    }
    ~FalseAgent() { thread_.join(); }
    std::filesystem::path socket() const { return folder_.path() / "agent"; }

  private:
    Folder folder_;
    Listener listener_;
    std::thread thread_;
};

} // namespace

TEST_CASE("a client calls one method after another on its connection")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    REQUIRE(client);
    CHECK(client->call<ListTokens>()->tokens.at(0).label == "token");
    CHECK(client->call<Sign>(sign(32))->signature == base::Bytes(32, 7));
    CHECK(client->call<GetInfo>()->product == "sceau-agent");
    CHECK(client->call<ListKeys>({.email = "900", .usage = {}})->keys.at(0).subject.size() == 900 * 1024);
}

TEST_CASE("a client gets the agent's error and can go on")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    const auto refused = client->call<Sign>(sign(31));
    CHECK(refused.error().code == ErrorCode::invalid_parameter);
    CHECK(refused.error().parameter == "digest");
    CHECK(client->call<ListTokens>());
}

TEST_CASE("a client sees the progress and then the result")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    std::vector<State> states;
    const auto reply = client->call<Sign>(sign(32), [&](const Sign::Reply& each) {
        states.push_back(each.progress->state);
        return true;
    });
    CHECK(states == std::vector{State::pin});
    CHECK(reply->signature == base::Bytes(32, 7));
}

TEST_CASE("a client that gives up in its callback is closed and cancelled")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    int seen = 0;
    const auto reply = client->call<Watch>({}, [&](const Watch::Reply&) { return ++seen < 3; });
    CHECK(seen == 3);
    CHECK(reply.error().code == ErrorCode::cancelled);
    CHECK(client->fd() == -1);
    CHECK(client->call<ListTokens>().error().code == ErrorCode::agent_unreachable);
}

TEST_CASE("a client takes replies as they come, and does not wait for more than it wants to")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    REQUIRE(client->begin<Watch>());
    const auto first = client->next<Watch>(std::chrono::minutes(1));
    REQUIRE(first.value());
    CHECK((*first)->tokens.at(0).label.size() == 65536);
    auto waiting = Client::connect(server.socket());
    REQUIRE(waiting->begin<ListKeys>());
    CHECK(waiting->next<ListKeys>(std::chrono::milliseconds(0)).value() == std::nullopt);
    server.script().released = true;
    CHECK(waiting->next<ListKeys>(std::chrono::minutes(1)).value());
}

TEST_CASE("a client that takes replies as they come learns that the agent went")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    REQUIRE(client->begin<ListKeys>());
    server.stop();
    base::Result<std::optional<ListKeys::Reply>> last;
    while (last && !*last)
        last = client->next<ListKeys>(std::chrono::minutes(1));
    CHECK_FALSE(last);
    CHECK(client->next<ListKeys>(std::chrono::minutes(1)).error().code == ErrorCode::agent_unreachable);
}

TEST_CASE("a client that waits gives up when its descriptor becomes readable")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    const base::UniqueFd give_up(::eventfd(0, EFD_CLOEXEC));
    client->give_up_when_readable(give_up.value());
    CHECK(client->call<ListTokens>());
    std::thread person([&] {
        eventually([&] { return server.script().waiting == 1; });
        ::eventfd_write(give_up.value(), 1);
    });
    const auto reply = client->call<ListKeys>();
    person.join();
    CHECK(reply.error().code == ErrorCode::cancelled);
    CHECK(eventually([&] { return server.script().cancelled == 1; }));
}

TEST_CASE("a client without an agent says that it is unreachable")
{
    const Folder folder;
    CHECK(Client::connect(folder.path() / "none").error().code == ErrorCode::agent_unreachable);
    CHECK(Client::connect(folder.path() / std::string(200, 'x')).error().code == ErrorCode::agent_unreachable);
    ::setenv("SCEAU_SOCKET", (folder.path() / "other").c_str(), 1);
    CHECK_THAT(Client::connect().error().message, Catch::Contains((folder.path() / "other").native()));
    ::unsetenv("SCEAU_SOCKET");
}

TEST_CASE("a client finds the agent by SCEAU_SOCKET")
{
    RunningServer server;
    ::setenv("SCEAU_SOCKET", server.socket().c_str(), 1);
    auto client = Client::connect();
    ::unsetenv("SCEAU_SOCKET");
    REQUIRE(client);
    CHECK(client->call<ListTokens>());
}

TEST_CASE("an agent that goes in the middle of a call is unreachable and raises no signal")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    REQUIRE(client->call<ListTokens>());
    server.stop();
    ::signal(SIGPIPE, SIG_DFL);
    CHECK(client->call<ListTokens>().error().code == ErrorCode::agent_unreachable);
    CHECK(client->call<ListTokens>().error().code == ErrorCode::agent_unreachable);
}

TEST_CASE("a client gets what the agent sent before it closed")
{
    RunningServer server({.waiting = 0});
    auto client = Client::connect(server.socket());
    CHECK(client->call<ListTokens>().error().code == ErrorCode::busy);
    CHECK(client->call<ListTokens>().error().code == ErrorCode::agent_unreachable);
}

TEST_CASE("a call that is too long is refused with the agent's own error")
{
    RunningServer server;
    auto client = Client::connect(server.socket());
    const auto reply = client->call<ListKeys>({.email = std::string(3 << 20, 'x'), .usage = {}});
    CHECK(reply.error().code == ErrorCode::bad_frame);
    CHECK(client->fd() == -1);
}

TEST_CASE("a client closes its connection to an agent that does not speak the protocol")
{
    const auto [answer, code] = GENERATE(table<std::string, ErrorCode>({
        {"", ErrorCode::agent_unreachable},
        {"{\"parameters\"", ErrorCode::agent_unreachable},
        {"HTTP/1.1 400 Bad Request\r\n\r\n\0"s, ErrorCode::bad_frame},
        {"{\"parameters\":{}}\0"s, ErrorCode::bad_frame},
        {"{\"parameters\":{\"tokens\":[]},\"continues\":true}\0"s, ErrorCode::bad_frame},
        {"{\"error\":\"org.sceau.Agent.BadFrame\",\"parameters\":{\"reason\":\"x\"}}\0"s, ErrorCode::bad_frame},
    }));
    const FalseAgent agent(answer);
    auto client = Client::connect(agent.socket());
    CHECK(client->call<ListTokens>().error().code == code);
    CHECK(client->fd() == -1);
}

TEST_CASE("a client's connection does not reach the programs its process starts")
{
    RunningServer server;
    const auto client = Client::connect(server.socket());
    CHECK((::fcntl(client->fd(), F_GETFD) & FD_CLOEXEC) != 0);
}
