#include "agent/wait.h"

#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <fcntl.h>

#include <cerrno>

namespace sceau::agent {

using base::Result;

namespace {

constexpr auto kAsTuple = asio::experimental::as_tuple(asio::use_awaitable);

asio::awaitable<Result<>> unless_cancelled()
{
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        co_return std::unexpected(base::cancelled("the caller went away"));
    co_return Result<>{};
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
    const auto first = co_await (descriptor.async_wait(asio::posix::descriptor_base::wait_read, kAsTuple) ||
                                 timer.async_wait(kAsTuple));
    CO_TRY(co_await unless_cancelled());
    if (first.index() == 1)
        co_return std::unexpected(base::timed_out("nothing came in time"));
    co_return Result<>{};
}

void Event::notify()
{
    ++notified_;
    for (asio::steady_timer* timer : waiting_)
        timer->cancel();
}

asio::awaitable<Result<>> Event::wait_for_more(unsigned notified, Clock::time_point deadline)
{
    co_await asio::this_coro::throw_if_cancelled(false); // or the list would keep a timer that is gone
    CO_TRY(co_await unless_cancelled());
    if (notified_ != notified)
        co_return Result<>{};
    asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
    const auto place = waiting_.insert(waiting_.end(), &timer);
    const auto [error] = co_await timer.async_wait(kAsTuple);
    waiting_.erase(place);
    CO_TRY(co_await unless_cancelled());
    if (!error)
        co_return std::unexpected(base::timed_out("nothing came in time"));
    co_return Result<>{};
}

asio::awaitable<Result<Queue::Turn>> Queue::turn()
{
    CO_TRY(co_await unless_cancelled());
    if (!std::exchange(taken_, true))
        co_return Turn(*this);
    Waiter waiter{asio::steady_timer(co_await asio::this_coro::executor, Clock::time_point::max())};
    const auto place = waiting_.insert(waiting_.end(), &waiter);
    co_await waiter.timer.async_wait(kAsTuple);
    if (!waiter.admitted) {
        waiting_.erase(place);
        co_return std::unexpected(base::cancelled("the caller went away"));
    }
    Turn turn(*this);
    CO_TRY(co_await unless_cancelled()); // admitted and cancelled at once: the turn passes on
    co_return turn;
}

void Queue::leave()
{
    if (waiting_.empty()) {
        taken_ = false;
        return;
    }
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    next->admitted = true;
    next->timer.cancel();
}

} // namespace sceau::agent
