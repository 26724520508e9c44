// Each rule of the transport, broken by one client while another is still served.
#include "ipc/call.h"
#include "ipc/frame.h"
#include "ipc/interface.h"
#include "ipc_fixture.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using nlohmann::json;

namespace {

constexpr const char* kWatch = R"({"method":"org.sceau.Agent.Watch","more":true})";
constexpr const char* kBusy =
    R"({"error":"org.sceau.Agent.Busy","parameters":{"reason":"too many requests of one client are waiting"}})";

std::string sign(std::size_t digest_size, Mode mode)
{
    return encode_call<Sign>({.key = {},
                              .scheme = base::Scheme::ecdsa_secp256r1_sha256,
                              .digest = base::Bytes(digest_size, 7),
                              .evidence = {},
                              .terminal = {}},
                             mode);
}

// A request whose answer shows which request it belongs to.
std::string question(int kilobytes, Mode mode = Mode::single)
{
    return encode_call<ListKeys>({.email = std::to_string(kilobytes), .usage = {}}, mode);
}

std::size_t size_answered(const std::string& frame)
{
    return decode_reply<ListKeys>(frame).value().value.keys.at(0).subject.size();
}

} // namespace

TEST_CASE("a malformed frame is answered with its error, its connection is closed, and others are still served")
{
    RunningServer server;
    RawClient other(server.socket());
    const std::string frame =
        GENERATE("nonsense"s, ""s, "[]"s, "{\"method\":\"\xff\"}"s, "{}"s, R"({"method":7})"s,
                 R"({"method":"a.b","method":"a.b"})"s, R"({"method":"org.sceau.Agent.ListTokens","id":1})"s,
                 R"({"method":"a.b","parameters":{"a":)"s + std::string(40, '[') + std::string(40, ']') + "}}",
                 std::string(kMaxFrameSize + 1, ' '));
    RawClient client(server.socket());
    client.send_frame(frame);
    CHECK(error_name(client.receive_frame()) == "org.sceau.Agent.BadFrame");
    CHECK(client.receive_frame() == std::nullopt);
    CHECK(decode_reply<ListTokens>(other.call(kListTokens)));
    CHECK(is_served(server));
}

TEST_CASE("a frame without an end is refused as soon as it is too long")
{
    RunningServer server;
    RawClient client(server.socket());
    const std::string piece(65536, ' ');
    while (client.send(piece))
        continue;
    CHECK(error_name(client.receive_frame()) == "org.sceau.Agent.BadFrame");
    CHECK(is_served(server));
}

TEST_CASE("a wrong request is answered with its error and the connection is still served")
{
    RunningServer server;
    RawClient client(server.socket());
    const auto [call, reply] = GENERATE(table<std::string, std::string>({
        {R"({"method":"org.example.Other.Go"})",
         R"({"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"org.example.Other"}})"},
        {R"({"method":"org.sceau.Agent.Go"})",
         R"({"error":"org.varlink.service.MethodNotFound","parameters":{"method":"org.sceau.Agent.Go"}})"},
        {R"({"method":"org.sceau.Agent.Watch"})", R"({"error":"org.varlink.service.ExpectedMore","parameters":{}})"},
        {R"({"method":"org.sceau.Agent.ListTokens","upgrade":true})",
         R"({"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"upgrade"}})"},
        {R"({"method":"org.sceau.Agent.ListKeys","parameters":{"email":1}})",
         R"({"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"email"}})"},
        {R"({"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"org.example.Other"}})",
         R"({"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"org.example.Other"}})"},
        {sign(31, Mode::single),
         R"({"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"digest"}})"},
    }));
    CHECK(client.call(call) == reply);
    CHECK(decode_reply<ListTokens>(client.call(kListTokens)));
}

TEST_CASE("the server describes itself and its interfaces")
{
    RunningServer server;
    RawClient client(server.socket());
    const auto info = decode_reply<GetInfo>(client.call(encode_call<GetInfo>({}, Mode::single)));
    REQUIRE(info);
    CHECK(info->value.product == "sceau-agent");
    CHECK(info->value.version == version());
    CHECK(info->value.interfaces == std::vector<std::string>{"org.varlink.service", "org.sceau.Agent"});
    for (const auto& [interface, text] : {std::pair("org.sceau.Agent"s, interface_description()),
                                          std::pair("org.varlink.service"s, service_description())}) {
        const auto reply = decode_reply<GetInterfaceDescription>(
            client.call(encode_call<GetInterfaceDescription>({.interface = interface}, Mode::single)));
        CHECK(reply->value.description == text);
    }
}

TEST_CASE("requests are answered in their order wherever the bytes were cut")
{
    RunningServer server;
    RawClient client(server.socket());
    std::string stream;
    for (const int size : {3, 1, 2})
        stream += question(size) + '\0';
    const std::size_t step = GENERATE(1U, 7U, 1000U);
    for (std::size_t at = 0; at < stream.size(); at += step)
        client.send(std::string_view(stream).substr(at, step));
    for (const std::size_t size : {3U, 1U, 2U})
        CHECK(size_answered(client.receive_frame().value()) == size * 1024);
}

TEST_CASE("a request that streams gets the replies before the last one and any other gets only the last")
{
    RunningServer server;
    RawClient client(server.socket());
    const auto progress = decode_reply<Sign>(client.call(sign(32, Mode::more)));
    CHECK(progress->continues);
    CHECK(progress->value.progress->state == State::pin);
    const auto last = decode_reply<Sign>(client.receive_frame().value());
    CHECK_FALSE(last->continues);
    CHECK(last->value.signature == base::Bytes(32, 7));
    const auto only = decode_reply<Sign>(client.call(sign(32, Mode::single)));
    CHECK_FALSE(only->continues);
    CHECK(only->value.signature == base::Bytes(32, 7));
}

TEST_CASE("a oneway request is handled and gets no reply even when it is wrong")
{
    RunningServer server;
    RawClient client(server.socket());
    client.send_frame(R"({"method":"org.sceau.Agent.ListTokens","oneway":true})");
    client.send_frame(R"({"method":"org.sceau.Agent.Go","oneway":true})");
    client.send_frame(R"({"method":"org.sceau.Agent.Watch","oneway":true})");
    client.send_frame(sign(32, Mode::oneway));
    CHECK(size_answered(client.call(question(1))) == 1024);
    CHECK(server.script().handled == 3);
}

TEST_CASE("sixteen requests may be unanswered, and the next one is Busy in its turn and ends the connection")
{
    const int requests = GENERATE(16, 17, 18, 100);
    RunningServer server;
    RawClient client(server.socket());
    client.send_frame(kWait);
    REQUIRE(eventually([&] { return server.script().waiting == 1; }));
    std::string stream;
    for (int i = 1; i < requests; ++i)
        stream += question(i) + '\0';
    client.send(stream);
    CHECK(is_served(server)); // and so has read what came before
    server.script().released = true;

    CHECK(decode_reply<ListKeys>(client.receive_frame().value())->value.keys.empty());
    for (std::size_t i = 1; i < 16; ++i)
        CHECK(size_answered(client.receive_frame().value()) == i * 1024);
    if (requests == 16) {
        CHECK(decode_reply<ListTokens>(client.call(kListTokens)));
    } else {
        CHECK(client.receive_frame() == kBusy);
        CHECK(client.receive_frame() == std::nullopt);
    }
}

TEST_CASE("a valid request before a malformed frame is still answered")
{
    RunningServer server;
    RawClient client(server.socket());
    client.send(question(1) + '\0' + "nonsense\0"s + question(2) + '\0');
    CHECK(size_answered(client.receive_frame().value()) == 1024);
    CHECK(error_name(client.receive_frame()) == "org.sceau.Agent.BadFrame");
    CHECK(client.receive_frame() == std::nullopt);
}

TEST_CASE("a client that goes while its request is handled has it cancelled")
{
    RunningServer server;
    RawClient client(server.socket());
    SECTION("after a request")
    {
        client.send_frame(kWait);
    }
    SECTION("after a request whose handler throws when it is cancelled")
    {
        client.send_frame(R"({"method":"org.sceau.Agent.ListKeys","parameters":{"email":"throw"}})");
    }
    SECTION("after a oneway request")
    {
        client.send_frame(R"({"method":"org.sceau.Agent.ListKeys","oneway":true})");
    }
    SECTION("with others waiting behind it")
    {
        client.send(kWait + "\0"s + kWait + "\0"s + kListTokens + "\0"s);
    }
    SECTION("in the middle of the next frame")
    {
        client.send(kWait + "\0{\"meth"s);
    }
    SECTION("after too many requests")
    {
        for (int i = 0; i < 40; ++i)
            client.send_frame(kWait);
    }
    SECTION("after a malformed frame behind it")
    {
        client.send(kWait + "\0nonsense\0"s);
    }
    SECTION("having closed its sending side before")
    {
        client.send_frame(kWait);
        client.shut_down_sending();
    }
    REQUIRE(eventually([&] { return server.script().waiting == 1; }));
    CHECK(is_served(server));
    client.close();
    CHECK(eventually([&] { return server.script().cancelled == 1; }));
    CHECK(server.script().waiting == 0);
    CHECK(is_served(server));
}

TEST_CASE("a client that closes its sending side still gets the replies it asked for")
{
    RunningServer server;
    RawClient client(server.socket());
    client.send_frame(kWait);
    client.send_frame(kListTokens);
    client.shut_down_sending();
    REQUIRE(eventually([&] { return server.script().waiting == 1; }));
    CHECK(is_served(server));
    server.script().released = true;
    CHECK(decode_reply<ListKeys>(client.receive_frame().value()));
    CHECK(decode_reply<ListTokens>(client.receive_frame().value()));
    CHECK(client.receive_frame() == std::nullopt);
}

TEST_CASE("a client that closes its sending side having asked nothing is closed")
{
    RunningServer server;
    RawClient client(server.socket());
    client.shut_down_sending();
    CHECK(client.receive_frame() == std::nullopt);
}

TEST_CASE("a client that stops reading costs only itself and is closed in the end")
{
    RunningServer server({.reply_timeout = 200ms});
    RawClient client(server.socket());
    client.send_frame(kWatch);
    REQUIRE(eventually([&] { return server.script().sent > 0; }));
    CHECK(is_served(server));
    CHECK(client.closed_by_server());
    // The server waited with what the client had not taken, and did not pile it up: socket buffers hold fewer replies.
    CHECK(server.script().sent < 100);
}

TEST_CASE("a client that reads slowly gets all")
{
    RunningServer server;
    RawClient client(server.socket());
    client.send_frame(kWatch);
    for (int i = 0; i < 20; ++i) {
        const auto reply = decode_reply<Watch>(client.receive_frame().value());
        REQUIRE(reply);
        CHECK(reply->continues);
        CHECK(reply->value.tokens.at(0).label.size() == 65536);
    }
}

TEST_CASE("a frame that is not finished in time is answered with its error and its connection closed")
{
    RunningServer server({.frame_timeout = 50ms});
    RawClient client(server.socket());
    SECTION("as the first thing")
    {
        client.send("{");
    }
    SECTION("after whole ones")
    {
        CHECK(decode_reply<ListTokens>(client.call(kListTokens)));
        client.send(kListTokens + "\0{"s);
        CHECK(decode_reply<ListTokens>(client.receive_frame().value()));
    }
    SECTION("however steadily it trickles")
    {
        while (client.send(" "))
            std::this_thread::sleep_for(5ms);
    }
    CHECK(error_name(client.receive_frame()) == "org.sceau.Agent.BadFrame");
    CHECK(client.receive_frame() == std::nullopt);
}

TEST_CASE("a client that says nothing is left alone")
{
    RunningServer server({.frame_timeout = 10ms, .reply_timeout = 10ms});
    RawClient client(server.socket());
    RawClient timed(server.socket());
    timed.send("{");
    CHECK(error_name(timed.receive_frame()) == "org.sceau.Agent.BadFrame"); // a frame that was begun did time out
    CHECK(decode_reply<ListTokens>(client.call(kListTokens)));
}

TEST_CASE("a request that takes longer than a frame or a reply may is not cut short")
{
    RunningServer server({.frame_timeout = 10ms, .reply_timeout = 10ms});
    RawClient client(server.socket());
    RawClient timed(server.socket());
    client.send_frame(kWait);
    REQUIRE(eventually([&] { return server.script().waiting == 1; }));
    timed.send("{");
    CHECK(error_name(timed.receive_frame()) == "org.sceau.Agent.BadFrame");
    server.script().released = true;
    CHECK(decode_reply<ListKeys>(client.receive_frame().value()));
}

TEST_CASE("at the limit of clients the one that was idle longest goes")
{
    RunningServer server({.clients = 3});
    RawClient busy(server.socket());
    busy.send_frame(kWait);
    REQUIRE(eventually([&] { return server.script().waiting == 1; }));
    RawClient first(server.socket());
    RawClient second(server.socket());
    CHECK(decode_reply<ListTokens>(second.call(kListTokens)));
    CHECK(decode_reply<ListTokens>(first.call(kListTokens)));
    RawClient third(server.socket());
    CHECK(decode_reply<ListTokens>(third.call(kListTokens)));
    CHECK(second.receive_frame() == std::nullopt);
    CHECK(decode_reply<ListTokens>(first.call(kListTokens)));
    CHECK(server.script().waiting == 1);
}

TEST_CASE("at the limit of clients with none idle the new one goes")
{
    RunningServer server({.clients = 2});
    RawClient first(server.socket());
    RawClient second(server.socket());
    first.send_frame(kWait);
    second.send_frame(kWait);
    REQUIRE(eventually([&] { return server.script().waiting == 2; }));
    RawClient third(server.socket());
    CHECK(third.receive_frame() == std::nullopt);
    first.close();
    REQUIRE(eventually([&] { return server.script().cancelled == 1; }));
    CHECK(is_served(server));
}

TEST_CASE("two hundred and fifty-six clients are served at once")
{
    RunningServer server;
    std::vector<RawClient> clients;
    for (int i = 0; i < 256; ++i)
        clients.emplace_back(server.socket());
    for (auto& client : clients)
        CHECK(decode_reply<ListTokens>(client.call(kListTokens)));
}

TEST_CASE("a client that sends a descriptor which no call names is closed and the descriptor with it")
{
    RunningServer server;
    RawClient client(server.socket());
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const base::UniqueFd reading(ends[0]);
    base::UniqueFd writing(ends[1]);
    SECTION("with a whole frame")
    {
        client.send_with_descriptor(kListTokens + "\0"s, writing.value());
    }
    SECTION("in the middle of a frame")
    {
        const std::string frame = kListTokens + "\0"s;
        client.send(frame.substr(0, 5));
        client.send_with_descriptor(frame.substr(5), writing.value());
    }
    SECTION("while a request is handled, which is cancelled")
    {
        client.send_frame(kWait);
        REQUIRE(eventually([&] { return server.script().waiting == 1; }));
        client.send_with_descriptor(kListTokens + "\0"s, writing.value());
        CHECK(eventually([&] { return server.script().cancelled == 1; }));
    }
    writing.reset();
    CHECK(client.receive_frame() == std::nullopt);
    char byte = 0;
    CHECK(::read(reading.value(), &byte, 1) == 0); // nobody holds the other end
    CHECK(is_served(server));
}

TEST_CASE("a reply too long for a frame is an internal error")
{
    RunningServer server;
    RawClient client(server.socket());
    CHECK(error_name(client.call(question(1025))) == "org.sceau.Agent.Internal");
    CHECK(error_name(client.call(question(1025, Mode::more))) == "org.sceau.Agent.Internal");
    CHECK(size_answered(client.call(question(1000))) == 1000 * 1024);
}

TEST_CASE("stopping cancels what is under way without an answer and closes everything")
{
    RunningServer server;
    RawClient idle(server.socket());
    RawClient waiting(server.socket());
    RawClient throwing(server.socket());
    CHECK(decode_reply<ListTokens>(idle.call(kListTokens)));
    waiting.send(kWait + "\0"s + kListTokens + "\0"s);
    throwing.send_frame(R"({"method":"org.sceau.Agent.ListKeys","parameters":{"email":"throw"}})");
    REQUIRE(eventually([&] { return server.script().waiting == 2; }));
    server.stop();
    CHECK(waiting.receive_frame() == std::nullopt);
    CHECK(throwing.receive_frame() == std::nullopt);
    CHECK(idle.receive_frame() == std::nullopt);
    CHECK_FALSE(RawClient(server.socket()).connected());
    CHECK_FALSE(std::filesystem::exists(server.socket()));
}

TEST_CASE("stopping does not wait for ever for a client that does not read")
{
    RunningServer server({.stop_timeout = 50ms});
    RawClient client(server.socket());
    client.send_frame(kWatch);
    REQUIRE(eventually([&] { return server.script().sent > 0; }));
    server.stop();
    CHECK(client.closed_by_server());
}

TEST_CASE("a loop that is destroyed in the middle of everything leaves nothing behind")
{
    const Folder folder;
    Script script;
    std::optional<RawClient> client;
    {
        asio::io_context io(1);
        Server server(Listener::open(folder.path() / "agent").value(), script.handler());
        asio::co_spawn(io, server.run(), asio::detached);
        client.emplace(folder.path() / "agent");
        client->send(kWait + "\0"s + kListTokens + "\0{"s);
        while (script.waiting == 0)
            io.run_one();
    }
    CHECK(client->receive_frame() == std::nullopt);
}

TEST_CASE("a client of another user is closed unread")
{
    if (::geteuid() != 0)
        return; // only root can become another user
    RunningServer server;
    // Neither the folder's mode nor the socket's is to keep the other user out here.
    std::filesystem::permissions(server.socket(), std::filesystem::perms(0666));
    std::filesystem::permissions(server.socket().parent_path(), std::filesystem::perms(0755));
    std::filesystem::permissions(server.socket().parent_path().parent_path(), std::filesystem::perms(0755));
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
            ::_exit(3);
        RawClient client(server.socket());
        if (!client.connected())
            ::_exit(2);
        client.send_frame(kListTokens);
        ::_exit(client.receive_frame() ? 1 : 0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(server.script().handled == 0);
    CHECK(is_served(server));
}
