#include "ipc/server.h"

#include "ipc/closing.h"
#include "ipc/connection.h"
#include "ipc/no_throw.h"

#include <asio/posix/stream_descriptor.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

namespace sceau::ipc {

namespace {

constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};
// A program that connects and disconnects again and again is slowed down to this pace: it then waits in connect(),
// since the queue is full, and leaves the processor to others.
constexpr int kMostPassedOver = 256;
constexpr std::chrono::milliseconds kPauseAfterMany{10};

struct Accepted {
    base::UniqueFd socket;
    int passed_over = 0; // clients before this one that have already gone and wait for no answer
};

Accepted accept_from(int listener)
{
    for (int passed_over = 0;; ++passed_over) {
        base::UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket || passed_over == kMostPassedOver || !has_hung_up(socket.value()))
            return {.socket = std::move(socket), .passed_over = passed_over};
        close_without_waiting(std::move(socket));
    }
}

} // namespace

// Its connections may outlive the Server, and then end without it.
struct Server::State {
    std::optional<Listener> listener; // empty after stop()
    std::shared_ptr<Connection::Host> host;
    std::set<Connection*> connections;
    std::optional<asio::posix::stream_descriptor> acceptor; // of the listener's descriptor, which it does not own
    std::optional<asio::steady_timer> timer;

    static asio::awaitable<void> run(std::shared_ptr<State> self);
    enum class Next { at_once, after_pause, after_some_end };
    Next accept(const asio::any_io_executor& executor);
    bool make_room(const std::string& program);
    std::vector<std::shared_ptr<Connection>> open_connections() const;
};

Server::Server(Listener listener, Handler handler, Limits limits) : state_(std::make_shared<State>())
{
    state_->listener.emplace(std::move(listener));
    state_->host = std::make_shared<Connection::Host>(
        Connection::Host{.handler = std::move(handler),
                         .limits = limits,
                         .budget = RequestBudget(limits.bytes, limits.clients),
                         .pace = {},
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
        if (error || !self->listener)
            continue;
        const Next next = self->accept(executor);
        if (next == Next::after_some_end) {
            self->timer->expires_after(kPauseWithoutDescriptors);
            co_await self->timer->async_wait(kNoThrow);
        } else if (next == Next::after_pause) {
            asio::steady_timer pause(executor, kPauseAfterMany);
            co_await pause.async_wait(kNoThrow);
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

// Returns when to accept the next client. If this process has no descriptor left, the client stays in the queue.
Server::State::Next Server::State::accept(const asio::any_io_executor& executor)
{
    auto [socket, passed_over] = accept_from(listener->fd());
    const Next next = passed_over == kMostPassedOver ? Next::after_pause : Next::at_once;
    if (!socket) {
        const bool lacks = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        return lacks ? Next::after_some_end : next;
    }
    auto peer = peer_of(socket.value());
    if (!peer || peer->uid != ::geteuid() || !make_room(peer->executable)) {
        close_without_waiting(std::move(socket));
        return next;
    }
    const auto connection = std::make_shared<Connection>(executor, *std::move(peer), host);
    connections.insert(connection.get());
    connection->start(std::move(socket));
    return next;
}

// If necessary, closes a client of the program that has the most: the one that has been idle longest, or, if none is
// idle, the one that came last. It never closes a client of a program that has fewer than the newcomer's.
bool Server::State::make_room(const std::string& program)
{
    const auto open = open_connections();
    if (open.size() < host->limits.clients)
        return true;
    std::map<std::string, std::size_t> counts;
    for (const auto& connection : open)
        ++counts[connection->program()];
    const std::size_t own = counts[program];
    const auto count = [&](const auto& connection) { return counts.at(connection->program()); };

    std::shared_ptr<Connection> idle;
    std::shared_ptr<Connection> busy;
    for (const auto& connection : open) {
        const auto since = connection->last_active();
        if (connection->is_idle() && count(connection) >= own &&
            (!idle || count(connection) > count(idle) ||
             (count(connection) == count(idle) && since < idle->last_active())))
            idle = connection;
        if (count(connection) > own + 1 && (!busy || count(connection) > count(busy) ||
                                            (count(connection) == count(busy) && since > busy->last_active())))
            busy = connection;
    }
    const auto& chosen = idle ? idle : busy;
    if (chosen)
        chosen->close();
    return chosen != nullptr;
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
