// A hostile program of the same person, this one, at the real agent, and an honest one, the command.

#include "ipc/call.h"
#include "ipc/unix_address.h"
#include "tests/e2e/desk.h"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <fstream>
#include <thread>

using namespace sceau;
using namespace sceau::test;
using nlohmann::json;

namespace {

constexpr const char* kListTokens = R"({"method":"org.sceau.Agent.ListTokens"})";
constexpr const char* kListKeys = R"({"method":"org.sceau.Agent.ListKeys"})";
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

template <class Condition>
bool eventually(Condition condition)
{
    for (int i = 0; i < 6000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

class Hostile {
  public:
    explicit Hostile(const Desk& desk) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const auto address = ipc::unix_address(desk.folder.path() / "agent");
        REQUIRE(::connect(socket_.value(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0);
        const timeval patience{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(socket_.value(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    void send(std::string frame) const
    {
        frame.push_back('\0');
        for (std::size_t sent = 0; sent < frame.size();) {
            const ssize_t size = ::send(socket_.value(), frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
            if (size <= 0)
                return;
            sent += static_cast<std::size_t>(size);
        }
    }

    void send_with(int descriptor) const
    {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        char byte = '{';
        iovec part{.iov_base = &byte, .iov_len = 1};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
        REQUIRE(::sendmsg(socket_.value(), &message, MSG_NOSIGNAL) == 1);
    }

    /// Null once the agent has closed.
    json receive()
    {
        std::string frame;
        for (char byte = 0; ::recv(socket_.value(), &byte, 1, 0) == 1; frame.push_back(byte))
            if (byte == '\0')
                return json::parse(frame);
        return nullptr;
    }

    pid_t agent() const
    {
        ucred credentials{};
        socklen_t size = sizeof credentials;
        REQUIRE(::getsockopt(socket_.value(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0);
        return credentials.pid;
    }

    void close() { socket_.reset(); }

  private:
    base::UniqueFd socket_;
};

std::string signature_request(const std::string& key, std::size_t evidence = 0)
{
    json parameters = {
        {"key", key}, {"scheme", "rsa_pkcs1_sha256"}, {"digest", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}};
    if (evidence > 0)
        parameters["evidence"] = {{"kind", "attributes"}, {"attributes", std::string(evidence, 'A')}};
    return json{{"method", "org.sceau.Agent.Sign"}, {"parameters", parameters}, {"more", true}}.dump();
}

std::string key_of(const Desk& desk, const std::string& address)
{
    Hostile client(desk);
    client.send(kListKeys);
    for (const json& key : client.receive()["parameters"]["keys"])
        if (key["addresses"] == json{address})
            return key["id"];
    throw std::runtime_error("no such key");
}

// In KiB.
std::size_t memory_of(pid_t process)
{
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:"))
            return std::stoul(line.substr(6));
    return 0;
}

} // namespace

TEST_CASE("P9: the command's dialog opens next, whatever another program has waiting")
{
    constexpr std::size_t kCrowd = 64;
    Desk desk;
    const std::string key = key_of(desk, "alice@example.org");
    desk.person.will_answer({"hang", "pin 123456"});
    std::vector<Hostile> hostile;
    hostile.emplace_back(desk).send(signature_request(key));
    REQUIRE(eventually([&] { return desk.person.times_asked() == 1; }));
    const auto newcomers_place = [&] {
        hostile.emplace_back(desk).send(signature_request(key));
        return hostile.back().receive()["parameters"]["progress"]["before"];
    };
    for (std::size_t there = 1; there < kCrowd; ++there)
        REQUIRE(newcomers_place() == there);

    // A newcomer comes after all of its own program and one of each other: so it is seen that the command waits.
    const auto honest = desk.start_sceau({"sign"}, mail_from("alice@example.org"));
    for (std::size_t there = kCrowd; newcomers_place() != there + 1; ++there) {
        REQUIRE(there < 128);
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    hostile.front().close();
    const Ended signing = honest->wait();
    INFO(signing.err);
    CHECK(signing.status == 0);
}

TEST_CASE("P10: what a hostile program has the agent hold is bounded, and given back")
{
    Desk desk;
    const std::string key = key_of(desk, "alice@example.org");
    desk.person.will_answer({"hang"});
    std::vector<Hostile> hostile;
    hostile.emplace_back(desk).send(signature_request(key));
    REQUIRE(eventually([&] { return desk.person.times_asked() == 1; }));
    const pid_t agent = hostile.front().agent();
    const std::size_t before = memory_of(agent);
    for (int i = 0; i < 60; ++i) {
        hostile.emplace_back(desk).send(signature_request(key));
        for (int request = 0; request < 15; ++request)
            hostile.back().send(signature_request(key, kMegabyte - 2000));
    }
    Hostile other(desk);
    other.send(kListTokens);
    CHECK(other.receive().contains("parameters"));
    CHECK(memory_of(agent) < before + 48 * 1024);
    hostile.clear();
    CHECK(eventually([&] { return memory_of(agent) < before + 4 * 1024; }));
    const Ended keys = desk.sceau({"keys"});
    CHECK(keys.status == 0);
}

TEST_CASE("P10: a descriptor whose close waits does not stop the real agent")
{
    Desk desk;
    base::UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener.value(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener.value(), 1) == 0);
    REQUIRE(::getsockname(listener.value(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    base::UniqueFd lingering(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(lingering.value(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    const linger patience{.l_onoff = 1, .l_linger = 120};
    REQUIRE(::setsockopt(lingering.value(), SOL_SOCKET, SO_LINGER, &patience, sizeof patience) == 0);
    const std::string much(65536, 'x');
    while (::send(lingering.value(), much.data(), much.size(), MSG_DONTWAIT) > 0)
        continue;

    Hostile hostile(desk);
    hostile.send_with(lingering.value());
    lingering.reset();
    CHECK(hostile.receive() == nullptr);
    Hostile other(desk);
    other.send(kListTokens);
    CHECK(other.receive().contains("parameters")); // within the minute that it waits
}
