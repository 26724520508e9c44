#include "tests/virtual-token/reader_link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace sceau::test {

namespace {

void set_now(int socket, int option)
{
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, option, &yes, sizeof yes);
}

bool receive_exactly(int socket, std::span<std::uint8_t> buffer)
{
    // The reader sends the length and the message separately, and the message only after the length is acknowledged, so
    // a delayed acknowledgement would cost 40 ms each time. Linux forgets this option, so it is set again and again.
    set_now(socket, TCP_QUICKACK);
    return ::recv(socket, buffer.data(), buffer.size(), MSG_WAITALL) == static_cast<ssize_t>(buffer.size());
}

} // namespace

ReaderLink::ReaderLink(base::UniqueFd socket) : socket_(std::move(socket))
{
    set_now(socket_.value(), TCP_NODELAY);
}

std::optional<base::Bytes> ReaderLink::receive() const
{
    std::array<std::uint8_t, 2> size{};
    if (!receive_exactly(socket_.value(), size))
        return std::nullopt;
    base::Bytes message(static_cast<std::size_t>(size[0] << 8 | size[1]));
    if (message.empty() || !receive_exactly(socket_.value(), message))
        return std::nullopt;
    return message;
}

void ReaderLink::send(base::BytesView message) const
{
    base::Bytes framed = {static_cast<std::uint8_t>(message.size() >> 8),
                          static_cast<std::uint8_t>(message.size() & 0xff)};
    framed.insert(framed.end(), message.begin(), message.end());
    // If the reader has gone, the next receive() notices.
    (void)::send(socket_.value(), framed.data(), framed.size(), MSG_NOSIGNAL);
}

void ReaderLink::shut_down() const
{
    ::shutdown(socket_.value(), SHUT_RDWR);
}

} // namespace sceau::test
