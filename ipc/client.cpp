#include "ipc/client.h"

#include "base/installation.h"
#include "ipc/unix_address.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

namespace sceau::ipc {

using base::agent_unreachable;
using base::Result;

namespace {

base::Error unreachable_errno(const std::string& what)
{
    return agent_unreachable(what + ": " + std::generic_category().message(errno));
}

constexpr std::chrono::seconds kPatienceToConnect{10};

// Returns the time-out for poll(2): -1 without a deadline.
int milliseconds_until(std::chrono::steady_clock::time_point deadline)
{
    if (deadline == std::chrono::steady_clock::time_point::max())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, INT_MAX));
}

ssize_t send_part(int socket, std::string_view bytes, int passed)
{
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (passed >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

} // namespace

Result<Client> Client::connect()
{
    TRY_ASSIGN(const auto path, base::socket_path());
    return connect(path);
}

Result<Client> Client::connect(const std::filesystem::path& path)
{
    const auto address = unix_address(path);
    if (!address)
        return std::unexpected(agent_unreachable("the socket's path is too long: " + path.native()));
    // A non-blocking connect() fails while others stand in the agent's queue (unix(7), EAGAIN), so the socket blocks
    // for up to this time until it is connected.
    const timeval patience{.tv_sec = kPatienceToConnect.count(), .tv_usec = 0};
    base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto connects = [&] {
        while (::connect(socket.value(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
            if (errno != EINTR)
                return false;
        return true;
    };
    if (!socket || ::setsockopt(socket.value(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        !connects() || ::fcntl(socket.value(), F_SETFL, O_NONBLOCK) != 0)
        return std::unexpected(unreachable_errno("no agent answers at " + path.native()));
    return Client(std::move(socket));
}

Result<> Client::send(std::string_view message, int passed)
{
    std::string frame(message);
    frame.push_back('\0');
    std::string_view rest = frame;
    while (!rest.empty()) {
        if (!socket_)
            return std::unexpected(agent_unreachable("the connection to the agent is closed"));
        const ssize_t sent = send_part(socket_.value(), rest, rest.size() == frame.size() ? passed : -1);
        if (sent >= 0)
            rest.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno == EAGAIN)
            TRY(wait_for(POLLOUT, kNever));
        else if (errno == EPIPE || errno == ECONNRESET)
            return {}; // the agent closed the connection: receive() finds what it sent before that
        else if (errno != EINTR)
            return close_with(unreachable_errno("the agent cannot be written to"));
    }
    return {};
}

bool Client::is_usable() const
{
    // Between calls, only the end of the connection can be readable.
    pollfd state = {.fd = socket_.value(), .events = POLLIN, .revents = 0};
    return socket_ && ::poll(&state, 1, 0) == 0;
}

Result<std::optional<std::string>> Client::receive(Deadline deadline)
{
    std::array<char, 16384> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
    while (true) {
        auto frame = reader_.next();
        if (!frame)
            return close_with(std::move(frame).error());
        if (*frame)
            return frame;
        if (!socket_)
            return std::unexpected(agent_unreachable("the connection to the agent is closed"));
        const ssize_t received = ::recv(socket_.value(), buffer.data(), buffer.size(), 0);
        if (received > 0)
            reader_.feed({buffer.data(), static_cast<std::size_t>(received)});
        else if (received == 0)
            return close_with(agent_unreachable("the agent closed the connection"));
        else if (errno == EAGAIN) {
            if (give_up_fd_ < 0 && milliseconds_until(deadline) == 0)
                // recv has just reported that nothing is there, so poll() is skipped: listing a token comes here 150
                // times.
                return std::nullopt;
            TRY_ASSIGN(const bool more, wait_for(POLLIN, deadline));
            if (!more)
                return std::nullopt;
        } else if (errno != EINTR)
            return close_with(unreachable_errno("the connection to the agent is lost"));
    }
}

// Returns false when the time ran out first.
Result<bool> Client::wait_for(short events, Deadline deadline)
{
    std::array<pollfd, 2> watched{pollfd{.fd = socket_.value(), .events = events, .revents = 0},
                                  pollfd{.fd = give_up_fd_, .events = POLLIN, .revents = 0}};
    int ready = -1;
    while ((ready = ::poll(watched.data(), watched.size(), milliseconds_until(deadline))) < 0)
        if (errno != EINTR)
            return close_with(unreachable_errno("the agent cannot be waited for"));
    if (watched[1].revents != 0)
        return close_with(base::cancelled("given up by the caller"));
    return ready > 0;
}

std::unexpected<base::Error> Client::close_with(base::Error error)
{
    socket_.reset();
    return std::unexpected(std::move(error));
}

} // namespace sceau::ipc
