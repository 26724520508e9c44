#include "agent/tokens/worker_key_use.h"

#include "agent/tokens/card_users.h"
#include "agent/tokens/worker_report.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <fmt/ranges.h>

namespace sceau::agent {

using base::ErrorCode;
using base::Result;

namespace {

constexpr std::chrono::seconds kNewsOfRemoval{1}; // pcscd checks every 0.4 s whether a card is there

base::Error timed_out_or_busy()
{
    const auto programs = programs_that_use_cards();
    if (programs.empty())
        return base::timed_out("the token's PKCS#11 module did not answer in time");
    return base::busy(fmt::format("{}", fmt::join(programs, ", ")));
}

} // namespace

Result<> WorkerKeyUse::start()
{
    TRY_ASSIGN(worker_, pkcs11::Worker::start(module_, task_));
    occupied_ = used_.occupy(task_.reader);
    if (seen_.empty())
        seen_ = readers_.meant(task_.reader);
    return {};
}

asio::awaitable<Result<pkcs11::PinState>> WorkerKeyUse::ready(Clock::time_point deadline)
{
    if (!worker_) {
        CO_TRY(co_await used_.close(task_.reader, deadline));
        CO_TRY(start());
    }
    CO_TRY_ASSIGN(const auto ready, expect<pkcs11::Ready>(co_await report(deadline)));
    if (ready.pin.low || ready.pin.final_try || ready.pin.locked)
        is_valid_ = false;
    co_return ready.pin;
}

asio::awaitable<Result<base::Bytes>> WorkerKeyUse::perform(const base::Secret& pin, Clock::time_point deadline)
{
    if (was_pulled())
        co_return std::unexpected(pulled_out());
    CO_TRY(worker_->send_pin(pin));
    logged_in_ = true;
    auto answer = co_await report(deadline);
    answered_ = answer.has_value();
    auto made = expect<pkcs11::Performed>(std::move(answer));
    if (made)
        co_return std::move(made->output);
    is_valid_ = false;
    if (made.error().code == ErrorCode::token_failed && co_await was_pulled_soon())
        co_return std::unexpected(pulled_out());
    co_return std::unexpected(std::move(made).error());
}

asio::awaitable<Result<>> WorkerKeyUse::leave()
{
    const auto deadline = Clock::now() + module_.timeout;
    const bool ended = answered_ && expect<pkcs11::Ended>(co_await report(deadline)).has_value();
    worker_.reset();
    if (logged_in_ && !ended)
        used_.note_open(task_.reader);
    auto closed = co_await used_.close(task_.reader, deadline);
    occupied_ = {};
    co_return closed;
}

asio::awaitable<Result<pkcs11::Report>> WorkerKeyUse::report(Clock::time_point deadline)
{
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
        CO_TRY_ASSIGN(auto report, worker_->receive());
        if (report)
            co_return *std::move(report);
        if (was_pulled())
            co_return std::unexpected(pulled_out());
        const auto first = co_await (readable(worker_->events(), deadline) || readers_.changed().wait(deadline));
        const Result<> waited = std::visit([](const auto& result) -> Result<> { return result; }, first);
        if (!waited && waited.error().code == ErrorCode::timed_out)
            co_return std::unexpected(timed_out_or_busy());
        CO_TRY(waited);
    }
}

// A module fails before PC/SC reports that its card has gone.
asio::awaitable<bool> WorkerKeyUse::was_pulled_soon()
{
    const auto deadline = Clock::now() + kNewsOfRemoval;
    while (!seen_.empty() && !was_pulled())
        if (!co_await readers_.changed().wait(deadline))
            co_return false;
    co_return !seen_.empty();
}

bool WorkerKeyUse::was_pulled() const
{
    return !seen_.empty() && readers_.meant(task_.reader) != seen_;
}

} // namespace sceau::agent
