#include "base/channel.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sceau::base {

namespace {

// Precedes a secret, because an empty packet could not be told apart from the other side's end.
constexpr std::uint8_t kSecretMark = 'S';

int flags_of(Wait wait)
{
    return wait == Wait::yes ? 0 : MSG_DONTWAIT;
}

Result<> send_parts(int channel, std::span<iovec> parts, Wait wait)
{
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    ssize_t sent = 0;
    do
        sent = ::sendmsg(channel, &message, MSG_NOSIGNAL | flags_of(wait));
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return std::unexpected(io_errno("cannot write to a channel", errno));
    return {};
}

/// Returns the packet's size, which is 0 if the other side has closed its end.
Result<std::optional<std::size_t>> receive_parts(int channel, std::span<iovec> parts, Wait wait)
{
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    ssize_t size = 0;
    do
        size = ::recvmsg(channel, &message, flags_of(wait));
    while (size < 0 && errno == EINTR);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return std::nullopt;
    if (size < 0 && errno == ECONNRESET) // the other side closed without having read everything
        return 0;
    if (size < 0)
        return std::unexpected(io_errno("cannot read from a channel", errno));
    if ((message.msg_flags & MSG_TRUNC) != 0)
        return std::unexpected(io("a packet over the limit on a channel"));
    return static_cast<std::size_t>(size);
}

} // namespace

Result<ChannelEnds> open_channel()
{
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return std::unexpected(internal(std::string("cannot make a socket pair: ") + std::strerror(errno)));
    return ChannelEnds{.ours = UniqueFd(pair[0]), .theirs = UniqueFd(pair[1])};
}

Result<UniqueFd> readable_when_any(std::initializer_list<int> descriptors)
{
    UniqueFd any(::epoll_create1(EPOLL_CLOEXEC));
    for (const int fd : descriptors) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
        if (!any || ::epoll_ctl(any.value(), EPOLL_CTL_ADD, fd, &event) != 0)
            return std::unexpected(internal(std::string("cannot watch a program: ") + std::strerror(errno)));
    }
    return any;
}

Result<> send_packet(int channel, std::string_view packet, Wait wait)
{
    if (packet.size() > kPacketLimit)
        return std::unexpected(io("a packet over the limit for a channel"));
    std::array parts = {iovec{const_cast<char*>(packet.data()), packet.size()}};
    return send_parts(channel, parts, wait);
}

Result<std::optional<std::string>> receive_packet(int channel, Wait wait)
{
    std::string packet(kPacketLimit, '\0');
    std::array parts = {iovec{packet.data(), packet.size()}};
    TRY_ASSIGN(const auto size, receive_parts(channel, parts, wait));
    if (!size)
        return std::nullopt;
    packet.resize(*size);
    return packet;
}

Result<> send_secret(int channel, const Secret& secret)
{
    std::uint8_t mark = kSecretMark;
    std::array parts = {iovec{&mark, 1}, iovec{const_cast<std::uint8_t*>(secret.expose().data()), secret.size()}};
    return send_parts(channel, parts, Wait::no);
}

Result<std::optional<Secret>> receive_secret(int channel)
{
    TRY_ASSIGN(Secret secret, Secret::create());
    std::uint8_t mark = 0;
    std::array parts = {iovec{&mark, 1}, iovec{secret.storage().data(), Secret::kCapacity}};
    TRY_ASSIGN(const auto size, receive_parts(channel, parts, Wait::yes));
    if (size.value_or(0) == 0)
        return std::nullopt;
    if (mark != kSecretMark)
        return std::unexpected(io("not a secret on a channel"));
    secret.resize(*size - 1);
    return secret;
}

} // namespace sceau::base
