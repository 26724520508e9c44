// A TCP connection on the loopback that cannot send its data: its close() waits for that as long as SO_LINGER says.
#pragma once

#include "base/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace sceau::test {

struct LingeringSocket {
    /// Throws std::runtime_error if the connection cannot be made.
    LingeringSocket()
    {
        const base::UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        auto* place = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        const linger patience{.l_onoff = 1, .l_linger = 120};
        if (::bind(listener.value(), place, size) != 0 || ::listen(listener.value(), 1) != 0 ||
            ::getsockname(listener.value(), place, &size) != 0 || ::connect(socket.value(), place, size) != 0 ||
            ::setsockopt(socket.value(), SOL_SOCKET, SO_LINGER, &patience, sizeof patience) != 0)
            throw std::runtime_error("no connection to be had on loopback");
        other.reset(::accept4(listener.value(), nullptr, nullptr, SOCK_CLOEXEC));
        const std::string much(65536, 'x');
        while (::send(socket.value(), much.data(), much.size(), MSG_DONTWAIT) > 0)
            continue;
    }

    /// Closes this process's own descriptor, which takes as long as any other where no other process has it any more.
    void let_go()
    {
        std::thread([own = std::move(socket)]() mutable { own.reset(); }).detach();
    }

    base::UniqueFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    base::UniqueFd other; // never reads
};

} // namespace sceau::test
