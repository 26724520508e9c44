#include "agent/wait.h"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>
#include <catch2/catch.hpp>
#include <unistd.h>

#include <array>
#include <vector>

using namespace sceau;
using namespace sceau::agent;
using base::ErrorCode;

namespace {

constexpr auto kForever = Clock::time_point::max();

// Starts a coroutine that can be cancelled, as the server's handlers can.
template <class Coroutine>
void spawn(asio::io_context& context, asio::cancellation_signal& signal, Coroutine coroutine)
{
    asio::co_spawn(
        context,
        [coroutine]() -> asio::awaitable<void> {
            co_await asio::this_coro::throw_if_cancelled(false);
            co_await coroutine();
        },
        asio::bind_cancellation_slot(signal.slot(), asio::detached));
}

} // namespace

TEST_CASE("a descriptor's data ends the wait for it and its deadline does too")
{
    asio::io_context context;
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    base::Result<> early = std::unexpected(base::internal("not run"));
    base::Result<> late = std::unexpected(base::internal("not run"));
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            early = co_await readable(ends[0], Clock::now());
            CHECK(::write(ends[1], "x", 1) == 1);
            late = co_await readable(ends[0], kForever);
        },
        asio::detached);
    context.run();
    CHECK(early.error().code == ErrorCode::timed_out);
    CHECK(late);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a cancelled coroutine leaves every wait, also one that it begins afterwards")
{
    asio::io_context context;
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    asio::cancellation_signal signal;
    Event event;
    Queue queue;
    std::vector<ErrorCode> outcomes;
    spawn(context, signal, [&]() -> asio::awaitable<void> {
        outcomes.push_back((co_await readable(ends[0], kForever)).error().code);
        outcomes.push_back((co_await readable(ends[0], kForever)).error().code);
        outcomes.push_back((co_await event.wait(kForever)).error().code);
        outcomes.push_back((co_await queue.turn()).error().code);
    });
    asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
    context.run();
    CHECK(outcomes == std::vector(4, ErrorCode::cancelled));
    CHECK(queue.before(Asker{}) == 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("turns come in the order of asking and a cancelled one passes on")
{
    asio::io_context context;
    Queue queue;
    std::array<asio::cancellation_signal, 4> signals;
    std::vector<int> order;
    const auto take = [&](int number) {
        return [&, number]() -> asio::awaitable<void> {
            const auto turn = co_await queue.turn();
            if (!turn)
                co_return;
            order.push_back(number);
            co_await asio::post(context, asio::use_awaitable);
        };
    };
    for (int number = 0; number < 4; ++number)
        spawn(context, signals.at(static_cast<std::size_t>(number)), take(number));
    asio::post(context, [&] { signals[2].emit(asio::cancellation_type::terminal); });
    context.run();
    CHECK(order == std::vector{0, 1, 3});
    CHECK(queue.before(Asker{}) == 0);
}

TEST_CASE("one notification wakes all who wait for it")
{
    asio::io_context context;
    Event event;
    int woken = 0;
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(
            context,
            [&]() -> asio::awaitable<void> {
                if (co_await event.wait(kForever))
                    ++woken;
            },
            asio::detached);
    asio::post(context, [&] { event.notify(); });
    context.run();
    CHECK(woken == 3);
}
