#include "tests/support/pcsc_proxy.h"

#include "base/bytes.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace sceau::test {

namespace {

constexpr std::uint32_t kTransmit = 0x09;
constexpr std::uint32_t kControl = 0x0a;
constexpr std::size_t kHeader = 8; // the body's size and the command, in the machine's little-endian order

// Offsets in transmit_struct and control_struct of the number of bytes that follow the body.
constexpr std::size_t kTransmitLength = 12;
constexpr std::size_t kControlLength = 8;

constexpr std::array kNames = {
    "",           "EstablishContext", "ReleaseContext",   "ListReaders",    "Connect",
    "Reconnect",  "Disconnect",       "BeginTransaction", "EndTransaction", "Transmit",
    "Control",    "Status",           "GetStatusChange",  "Cancel",         "CancelTransaction",
    "GetAttrib",  "SetAttrib",        "(version)",        "(readers)",      "(wait)",
    "(stop wait)"};

sockaddr_un address_of(const std::filesystem::path& path)
{
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

base::UniqueFd connect_to(const std::filesystem::path& path)
{
    base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = address_of(path);
    if (::connect(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        socket.reset();
    return socket;
}

pid_t peer_of(int socket)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    return peer.pid;
}

std::uint32_t number_at(const base::Bytes& bytes, std::size_t place)
{
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data() + place, sizeof number);
    return number;
}

bool receive_more(int socket, base::Bytes& message, std::size_t count)
{
    const std::size_t before = message.size();
    message.resize(before + count);
    return count == 0 || ::recv(socket, message.data() + before, count, MSG_WAITALL) == static_cast<ssize_t>(count);
}

struct Message {
    std::uint32_t command = 0;
    base::Bytes bytes;
};

/// Returns a client's message; nothing when the client is gone.
std::optional<Message> receive_message(int client)
{
    Message message;
    if (!receive_more(client, message.bytes, kHeader))
        return std::nullopt;
    message.command = number_at(message.bytes, 4);
    if (!receive_more(client, message.bytes, number_at(message.bytes, 0)))
        return std::nullopt;
    std::size_t data = 0;
    if (message.command == kTransmit)
        data = number_at(message.bytes, kHeader + kTransmitLength);
    else if (message.command == kControl)
        data = number_at(message.bytes, kHeader + kControlLength);
    if (!receive_more(client, message.bytes, data))
        return std::nullopt;
    return message;
}

bool send_all(int socket, base::BytesView bytes)
{
    return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

bool pass_answer(int pcscd, int client)
{
    std::array<std::uint8_t, 4096> bytes{};
    const ssize_t size = ::recv(pcscd, bytes.data(), bytes.size(), 0);
    return size > 0 && send_all(client, {bytes.data(), static_cast<std::size_t>(size)});
}

} // namespace

std::string PcscCall::name() const
{
    return command < kNames.size() ? kNames.at(command) : "?";
}

PcscProxy::PcscProxy(std::filesystem::path listen_on, std::filesystem::path pcscd, Judge judge)
    : pcscd_(std::move(pcscd)),
      judge_(std::move(judge)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    const sockaddr_un address = address_of(listen_on);
    if (::bind(listener_.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.value(), SOMAXCONN) != 0)
        throw std::runtime_error("no socket for the proxy before pcscd");
    accepting_ = std::thread([this] { accept_clients(); });
}

PcscProxy::~PcscProxy()
{
    ::eventfd_write(stop_.value(), 1);
    accepting_.join();
    for (std::thread& connection : connections_)
        connection.join();
}

void PcscProxy::accept_clients()
{
    for (;;) {
        std::array<pollfd, 2> events = {pollfd{.fd = stop_.value(), .events = POLLIN, .revents = 0},
                                        pollfd{.fd = listener_.value(), .events = POLLIN, .revents = 0}};
        ::poll(events.data(), events.size(), -1);
        if (events[0].revents != 0)
            return;
        const int client = ::accept4(listener_.value(), nullptr, nullptr, SOCK_CLOEXEC);
        if (client >= 0)
            connections_.emplace_back([this, client] { serve(base::UniqueFd(client)); });
    }
}

void PcscProxy::serve(base::UniqueFd client)
{
    const base::UniqueFd pcscd = connect_to(pcscd_);
    const pid_t pid = peer_of(client.value());
    while (pcscd) {
        std::array<pollfd, 3> events = {pollfd{.fd = stop_.value(), .events = POLLIN, .revents = 0},
                                        pollfd{.fd = client.value(), .events = POLLIN, .revents = 0},
                                        pollfd{.fd = pcscd.value(), .events = POLLIN, .revents = 0}};
        ::poll(events.data(), events.size(), -1);
        if (events[0].revents != 0)
            return;
        if (events[2].revents != 0 && !pass_answer(pcscd.value(), client.value()))
            return;
        if (events[1].revents == 0)
            continue;
        const auto message = receive_message(client.value());
        if (!message || judge_({.pid = pid, .command = message->command}) == Verdict::hang_up ||
            !send_all(pcscd.value(), message->bytes))
            return;
    }
}

} // namespace sceau::test
