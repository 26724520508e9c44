#include "ipc/server.h"

#include "ipc/connection.h"

#include <asio/experimental/as_tuple.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <set>

namespace sceau::ipc {

namespace {

constexpr auto kNoThrow = asio::experimental::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};

} // namespace

// Its connections may outlive the Server, and then end without it.
struct Server::State {
    std::optional<Listener> listener; // none after stop()
    std::shared_ptr<Connection::Host> host;
    std::set<Connection*> connections;
    std::optional<asio::posix::stream_descriptor> acceptor; // of the listener's descriptor, which it does not own
    std::optional<asio::steady_timer> timer;

    static asio::awaitable<void> run(std::shared_ptr<State> self);
    bool accept(const asio::any_io_executor& executor);
    bool make_room();
    std::vector<std::shared_ptr<Connection>> open_connections() const;
};

Server::Server(Listener listener, Handler handler, Limits limits) : state_(std::make_shared<State>())
{
    state_->listener.emplace(std::move(listener));
    state_->host = std::make_shared<Connection::Host>(
        Connection::Host{.handler = std::move(handler),
                         .limits = limits,
                         .on_end = [weak = std::weak_ptr(state_)](Connection& connection) {
                             const auto state = weak.lock();
                             if (state && state->connections.erase(&connection) > 0 && state->timer)
                                 state->timer->cancel();
                         }});
}

Server::~Server() = default;

asio::awaitable<void> Server::run()
{
    return State::run(state_);
}

void Server::stop()
{
    if (state_->acceptor)
        state_->acceptor->release();
    state_->listener.reset();
    for (const auto& connection : state_->open_connections())
        connection->finish();
}

asio::awaitable<void> Server::State::run(std::shared_ptr<State> self)
{
    const auto executor = co_await asio::this_coro::executor;
    self->timer.emplace(executor);
    if (self->listener)
        self->acceptor.emplace(executor, self->listener->fd());
    while (self->listener) {
        const auto [error] = co_await self->acceptor->async_wait(asio::posix::descriptor_base::wait_read, kNoThrow);
        if (!error && self->listener && !self->accept(executor)) {
            self->timer->expires_after(kPauseWithoutDescriptors);
            co_await self->timer->async_wait(kNoThrow);
        }
    }

    self->timer->expires_after(self->host->limits.stop_timeout);
    while (!self->connections.empty() && self->timer->expiry() > std::chrono::steady_clock::now())
        co_await self->timer->async_wait(kNoThrow);
    for (const auto& connection : self->open_connections())
        connection->close();
    self->acceptor.reset();
    self->timer.reset();
}

// False when this process has no descriptor left: the client stays in the queue.
bool Server::State::accept(const asio::any_io_executor& executor)
{
    base::UniqueFd socket(::accept4(listener->fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket)
        return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    auto peer = peer_of(socket.value());
    if (!peer || peer->uid != ::geteuid() || !make_room())
        return true;
    const auto connection = std::make_shared<Connection>(executor, *std::move(peer), host);
    connections.insert(connection.get());
    connection->start(std::move(socket));
    return true;
}

// Closes the client that has been idle longest, if there is need and one is idle.
bool Server::State::make_room()
{
    auto open = open_connections();
    if (open.size() < host->limits.clients)
        return true;
    std::erase_if(open, [](const auto& connection) { return !connection->is_idle(); });
    const auto longest = std::ranges::min_element(open, {}, &Connection::last_active);
    if (longest == open.end())
        return false;
    (*longest)->close();
    return true;
}

std::vector<std::shared_ptr<Connection>> Server::State::open_connections() const
{
    std::vector<std::shared_ptr<Connection>> open;
    for (Connection* connection : connections)
        if (auto self = connection->weak_from_this().lock(); self && self->is_open())
            open.push_back(std::move(self));
    return open;
}

} // namespace sceau::ipc
