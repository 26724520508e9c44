#include "clients/sending/agent_connection.h"
#include "ipc/call.h"
#include "ipc/listener.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <thread>

using namespace sceau;

TEST_CASE("a list is requested again from the agent that follows one that was about to end")
{
    const test::TemporaryFolder folder;
    const std::string socket = folder.path() / "agent";
    REQUIRE(::setenv("SCEAU_SOCKET", socket.c_str(), 1) == 0);
    const auto listener = ipc::Listener::open(socket);
    REQUIRE(listener);
    const auto accept_one = [&] {
        pollfd client{.fd = listener->fd(), .events = POLLIN, .revents = 0};
        ::poll(&client, 1, -1);
        return base::UniqueFd(::accept4(listener->fd(), nullptr, nullptr, SOCK_CLOEXEC));
    };
    std::thread agents([&] {
        accept_one().reset();
        const base::UniqueFd client = accept_one();
        std::array<char, 1024> request;
        const std::string reply = ipc::encode_reply(ipc::Reply(ipc::ListTokens::Reply{}), false) + '\0';
        while (::recv(client.value(), request.data(), request.size(), 0) > 0)
            ::send(client.value(), reply.data(), reply.size(), MSG_NOSIGNAL);
    });
    {
        auto agent = sending::AgentConnection::open();
        REQUIRE(agent);
        CHECK(agent->call<ipc::ListTokens>());
    }
    agents.join();
    ::unsetenv("SCEAU_SOCKET");
}
