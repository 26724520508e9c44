#include "agent/wait.h"

#include "ipc/no_throw.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace sceau::agent {

using base::Result;

namespace {

asio::awaitable<Result<>> unless_cancelled()
{
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        co_return std::unexpected(base::cancelled("the caller went away"));
    co_return Result<>{};
}

// Asio's notification alone is not enough. It reuses the state of a closed descriptor for the next one with the same
// number, and an operation that was pending on the old one then ends a wait on the new one.
bool is_readable(int fd)
{
    pollfd now{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&now, 1, 0) != 0;
}

} // namespace

asio::awaitable<Result<>> readable(int fd, Clock::time_point deadline)
{
    using namespace asio::experimental::awaitable_operators;
    co_await asio::this_coro::throw_if_cancelled(false);
    CO_TRY(co_await unless_cancelled());
    const auto executor = co_await asio::this_coro::executor;
    const int own_fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own_fd < 0)
        co_return std::unexpected(base::io_errno("cannot wait for a descriptor", errno));
    asio::posix::stream_descriptor descriptor(executor, own_fd);
    asio::steady_timer timer(executor, deadline);
    for (;;) {
        const auto first = co_await (descriptor.async_wait(asio::posix::descriptor_base::wait_read, ipc::kNoThrow) ||
                                     timer.async_wait(ipc::kNoThrow));
        CO_TRY(co_await unless_cancelled());
        if (first.index() == 1)
            co_return std::unexpected(base::timed_out("nothing came in time"));
        if (is_readable(fd))
            co_return Result<>{};
    }
}

asio::awaitable<Result<>> let_others_run()
{
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    co_return co_await unless_cancelled();
}

void Event::notify()
{
    ++notified_;
    for (Sleeper* sleeper : waiting_)
        sleeper->timer.cancel();
}

asio::awaitable<Result<>> Event::wait_for_more(unsigned notified, Clock::time_point deadline)
{
    co_await asio::this_coro::throw_if_cancelled(false); // otherwise the list would keep a pointer to a destroyed timer
    CO_TRY(co_await unless_cancelled());
    if (notified_ != notified)
        co_return Result<>{};
    Sleeper sleeper(waiting_, co_await asio::this_coro::executor, deadline);
    const auto [error] = co_await sleeper.timer.async_wait(ipc::kNoThrow);
    CO_TRY(co_await unless_cancelled());
    if (!error)
        co_return std::unexpected(base::timed_out("nothing came in time"));
    co_return Result<>{};
}

asio::awaitable<Result<Queue::Turn>> Queue::turn(Asker asker)
{
    // Otherwise the list would keep a pointer to a destroyed waiter.
    co_await asio::this_coro::throw_if_cancelled(false);
    CO_TRY(co_await unless_cancelled());
    if (!taken_) {
        note_turn(asker);
        co_return Turn(*this);
    }
    const auto executor = co_await asio::this_coro::executor;
    Waiter waiter(waiting_, std::move(asker), executor);
    co_await waiter.timer.async_wait(ipc::kNoThrow);
    if (!waiter.admitted)
        co_return std::unexpected(base::cancelled("the caller went away"));
    Turn turn(*this);
    CO_TRY(co_await unless_cancelled()); // if it was admitted and cancelled at the same time, the turn passes on
    co_return turn;
}

void Queue::note_turn(const Asker& asker)
{
    taken_ = true;
    programs_[asker.program] = connections_[asker.connection] = ++turns_;
    changed_.notify();
}

void Queue::leave()
{
    taken_ = false;
    if (waiting_.empty()) {
        programs_.clear();
        connections_.clear();
        changed_.notify();
        return;
    }
    const auto last_turns = [this](const Waiter* waiter) {
        const auto program = programs_.find(waiter->asker.program);
        const auto connection = connections_.find(waiter->asker.connection);
        return std::pair(program == programs_.end() ? 0 : program->second,
                         connection == connections_.end() ? 0 : connection->second);
    };
    // min_element returns the first of equals, which is the oldest.
    const auto place = std::ranges::min_element(waiting_, {}, last_turns);
    Waiter* next = *place;
    waiting_.erase(place);
    note_turn(next->asker);
    forget_the_absent();
    next->admitted = true;
    next->timer.cancel();
}

// Keeps a client that asks again and again over new connections from filling the memory.
void Queue::forget_the_absent()
{
    constexpr std::size_t kRemembered = 1024;
    if (connections_.size() < kRemembered && programs_.size() < kRemembered)
        return;
    const auto waits = [this](const auto& key, auto part) {
        return std::ranges::any_of(waiting_, [&](const Waiter* waiter) { return waiter->asker.*part == key; });
    };
    std::erase_if(programs_, [&](const auto& last) { return !waits(last.first, &Asker::program); });
    std::erase_if(connections_, [&](const auto& last) { return !waits(last.first, &Asker::connection); });
}

std::size_t Queue::before(const Asker& newcomer) const
{
    std::map<std::string, std::map<const void*, std::size_t>> waiting;
    for (const Waiter* waiter : waiting_)
        ++waiting[waiter->asker.program][waiter->asker.connection];
    auto& own = waiting[newcomer.program];
    const std::size_t own_round = own[newcomer.connection] + 1;
    std::size_t of_own_program = own_round - 1;
    for (const auto& [connection, count] : own)
        if (connection != newcomer.connection)
            of_own_program += std::min(count, own_round);
    std::size_t before = of_own_program + (taken_ ? 1 : 0);
    for (const auto& [program, connections] : waiting) {
        std::size_t count = 0;
        for (const auto& [connection, of_connection] : connections)
            count += of_connection;
        if (program != newcomer.program)
            before += std::min(count, of_own_program + 1);
    }
    return before;
}

asio::awaitable<Result<>> Queue::taken(Clock::time_point deadline)
{
    while (!taken_)
        CO_TRY(co_await changed_.wait(deadline));
    co_return Result<>{};
}

asio::awaitable<Result<>> Queue::freed(Clock::time_point deadline)
{
    while (taken_)
        CO_TRY(co_await changed_.wait(deadline));
    co_return Result<>{};
}

} // namespace sceau::agent
