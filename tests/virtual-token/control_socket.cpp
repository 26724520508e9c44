#include "tests/virtual-token/control_socket.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace sceau::test {

namespace {

base::UniqueFd listen_on(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = path;
    base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (name.size() >= sizeof address.sun_path)
        throw std::runtime_error("too long for a socket: " + name);
    std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    if (::bind(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket.value(), SOMAXCONN) != 0)
        throw std::runtime_error("no socket at " + name);
    return socket;
}

/// Returns false when the socket must stop.
bool wait_for(int fd, int stop)
{
    std::array<pollfd, 2> fds = {
        {{.fd = stop, .events = POLLIN, .revents = 0}, {.fd = fd, .events = POLLIN, .revents = 0}}};
    while (::poll(fds.data(), fds.size(), -1) < 0)
        ;
    return fds[0].revents == 0;
}

} // namespace

ControlSocket::ControlSocket(const std::filesystem::path& path, CommandLine commands)
    : commands_(std::move(commands)),
      listener_(listen_on(path)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { run(); })
{
}

ControlSocket::~ControlSocket()
{
    ::eventfd_write(stop_.value(), 1);
    thread_.join();
}

void ControlSocket::run()
{
    while (wait_for(listener_.value(), stop_.value())) {
        const base::UniqueFd connection(::accept4(listener_.value(), nullptr, nullptr, SOCK_CLOEXEC));
        serve(connection.value());
    }
}

void ControlSocket::serve(int connection)
{
    std::string received;
    std::array<char, 4096> buffer{};
    while (wait_for(connection, stop_.value())) {
        const ssize_t size = ::recv(connection, buffer.data(), buffer.size(), 0);
        if (size <= 0)
            return;
        received.append(buffer.data(), static_cast<std::size_t>(size));
        for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
            const std::string answer = commands_.answer(received.substr(0, end));
            received.erase(0, end + 1);
            (void)::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        }
    }
}

} // namespace sceau::test
