#include "agent/person/use_of_key.h"

#include "agent/log.h"
#include "agent/person/dialog_environment.h"
#include "agent/person/progress.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>

namespace sceau::agent {

using base::ErrorCode;
using base::Result;
using ipc::State;
using namespace asio::experimental::awaitable_operators;

namespace {

// How often one request looks again for a token that is listed but that its worker does not find.
constexpr int kMostAbsences = 4;

// How long a card may be in use before the person is told which programs use it.
constexpr std::chrono::seconds kHeldPatience{2};

Purpose purpose_of(const pkcs11::Operation& operation)
{
    return std::holds_alternative<pkcs11::Signature>(operation) ? Purpose::sign : Purpose::decrypt;
}

asio::awaitable<void> leave_token(std::unique_ptr<KeyUse> worker, Queue::Turn /*held until then*/)
{
    if (const auto left = co_await worker->leave(); !left)
        log("after a use of a key: {}", left.error().message);
}

} // namespace

UseOfKey::UseOfKey(Means means, const Wish& wish, ipc::ReplyStream& stream)
    : means_(means), wish_(wish), stream_(stream), purpose_(purpose_of(wish.operation))
{
}

asio::awaitable<Result<>> UseOfKey::find_key()
{
    if (there() == nullptr)
        CO_TRY(co_await means_.tokens.discover());
    const auto deadline = Clock::now() + means_.config.token_wait;
    for (bool told = false; there() == nullptr;) {
        CO_TRY_ASSIGN(auto missing, means_.tokens.expected(wish_.key));
        if (!missing) {
            CO_TRY(co_await means_.tokens.look_again(deadline));
            continue;
        }
        key_ = *std::move(missing);
        const ipc::Progress waiting = progress_at(State::waiting_for_token, key_);
        if (!std::exchange(told, true))
            CO_TRY(co_await tell(stream_, waiting));
        CO_TRY(co_await learn_where_to_ask());
        auto first = co_await (means_.tokens.until_there(wish_.key, purpose_, deadline) ||
                               means_.person.ask_for_token(*prompting_, deadline));
        CO_TRY(first.index() == 0 ? std::get<0>(std::move(first)) : std::get<1>(std::move(first)));
    }
    key_ = *there();
    if (!permits(key_, purpose_))
        co_return std::unexpected(base::not_permitted(
            purpose_ == Purpose::sign ? "the certificate does not allow this key to sign (keyUsage)"
                                      : "the certificate does not allow this key to decrypt (keyUsage)"));
    co_return Result<>{};
}

asio::awaitable<Result<base::Bytes>> UseOfKey::perform()
{
    for (;;) {
        auto pin = co_await ask();
        if (!pin) {
            CO_TRY(co_await go_on_after(std::move(pin).error()));
            continue;
        }
        if (!*pin)
            continue;
        auto output = co_await send(**pin);
        if (output || output.error().code != ErrorCode::pin_incorrect) {
            co_await leave_behind();
            co_return output;
        }
        log("token \"{}\": {}", key_.token.label, output.error().message);
        CO_TRY(co_await worker_->leave());
        worker_.reset();
        was_refused_ = true;
        history_.tries_left = output.error().tries_left;
    }
}

asio::awaitable<Result<base::Language>> UseOfKey::language()
{
    CO_TRY(co_await learn_where_to_ask());
    co_return prompting_->language;
}

asio::awaitable<Result<>> UseOfKey::learn_where_to_ask()
{
    if (prompting_)
        co_return Result<>{};
    std::string locale = wish_.locale.value_or("");
    if (locale.empty()) {
        CO_TRY_ASSIGN(locale, co_await session_locale());
    }
    PromptPlace place = prompt_place(wish_.peer, wish_.terminal, std::move(locale));
    const base::Language language = base::language_of(place.locale);
    prompting_.emplace(wish_, key_, caller_of(wish_.peer, language), std::move(place), language);
    co_return Result<>{};
}

asio::awaitable<Result<>> UseOfKey::take_turn()
{
    if (turn_)
        co_return Result<>{};
    Queue& queue = means_.tokens.queue_at(key_.token);
    const Asker asker = asker_of(wish_.peer);
    if (queue.is_taken()) {
        ipc::Progress queued = progress_at(State::queued, key_);
        queued.before = static_cast<int>(queue.before(asker));
        CO_TRY(co_await tell(stream_, queued));
    }
    CO_TRY_ASSIGN(turn_, co_await queue.turn(asker));
    CO_TRY(means_.policy.permits(wish_.peer.executable, Clock::now())); // the previous wait may have been cancelled
    enlisted_ = means_.person.enlist();
    co_return Result<>{};
}

asio::awaitable<Result<>> UseOfKey::make_ready()
{
    if (worker_)
        co_return Result<>{};
    auto worker = means_.tokens.start(key_, wish_.operation);
    CO_TRY_ASSIGN(state_, co_await ready(*worker));
    if (state_.locked) {
        means_.person.tell_locked(*prompting_, co_await asio::this_coro::executor);
        co_return std::unexpected(base::pin_locked("the token takes no more PINs"));
    }
    if (state_.final_try)
        CO_TRY(co_await means_.person.confirm_last_try(*prompting_, stream_));
    if (!wish_.to_confirm.empty() && !has_confirmed_) {
        CO_TRY(co_await means_.person.confirm_recipients(*prompting_, stream_));
        has_confirmed_ = true;
    }
    history_.problem = was_refused_ ? PinProblem::incorrect : PinProblem::none;
    history_.refused = means_.person.refused(key_.token);
    unlikely_.reset();
    worker_ = std::move(worker);
    co_return Result<>{};
}

// A person who waits for a card that another program holds is told so after a moment.
asio::awaitable<Result<pkcs11::PinState>> UseOfKey::ready(KeyUse& worker)
{
    const auto deadline = module_deadline();
    auto state = co_await worker.ready(std::min(deadline, Clock::now() + kHeldPatience));
    if (state || Clock::now() >= deadline)
        co_return state;
    if (state.error().code == ErrorCode::busy) {
        ipc::Progress held = progress_at(State::reader_in_use, key_);
        held.programs = state.error().message;
        CO_TRY(co_await tell(stream_, held));
    } else if (state.error().code != ErrorCode::timed_out) {
        co_return state;
    }
    co_return co_await worker.ready(deadline);
}

asio::awaitable<Result<std::optional<base::Secret>>> UseOfKey::ask()
{
    CO_TRY(co_await learn_where_to_ask());
    CO_TRY(co_await take_turn());
    CO_TRY(co_await make_ready());
    if (state_.pad)
        co_return base::Secret::create();
    auto pin = co_await means_.person.ask(*prompting_, state_, history_, stream_);
    if (!pin && pin.error().code != ErrorCode::invalid_parameter)
        co_return std::unexpected(std::move(pin).error());
    history_.problem = means_.person.problem_with(pin, key_.token, state_, unlikely_);
    if (history_.problem == PinProblem::none)
        co_return std::move(pin);
    if (history_.problem == PinProblem::unlikely)
        unlikely_ = *std::move(pin);
    co_return std::nullopt;
}

asio::awaitable<Result<>> UseOfKey::go_on_after(base::Error error)
{
    worker_.reset();
    // The person gave up. If a PIN was refused before, that is what the caller needs to know.
    if (error.code == ErrorCode::cancelled && was_refused_)
        co_return std::unexpected(base::pin_incorrect(history_.tries_left));
    if (error.code == ErrorCode::token_absent)
        CO_TRY(co_await means_.tokens.discover()); // a token without a PC/SC reader is not announced
    else if (error.code == ErrorCode::key_not_found)
        CO_TRY(co_await means_.tokens.discover_afresh());
    else
        co_return std::unexpected(std::move(error));
    const Key* now = there();
    if (error.code == ErrorCode::key_not_found && (now == nullptr || *now == key_))
        co_return std::unexpected(std::move(error));
    if (error.code == ErrorCode::token_absent && now != nullptr && now->token == key_.token) {
        // The token is back, or another process that used it made the module fail.
        if (++absences_ >= kMostAbsences)
            co_return std::unexpected(std::move(error));
        co_return Result<>{};
    }
    turn_.reset(); // all requests wait together for a missing token
    enlisted_.reset();
    co_return co_await find_key();
}

asio::awaitable<Result<base::Bytes>> UseOfKey::send(const base::Secret& pin)
{
    const State with_pin = purpose_ == Purpose::sign ? State::signing : State::decrypting;
    ipc::Progress using_it = progress_at(state_.pad ? State::pin : with_pin, key_);
    if (state_.pad)
        using_it.shown = shown_in_dialog(wish_);
    CO_TRY(co_await tell(stream_, using_it));
    // This does not use ?:, in which g++ 12 destroys the awaited value.
    Result<base::Bytes> output;
    if (state_.pad)
        output = co_await means_.person.perform_at_reader(*prompting_, state_, *worker_, module_deadline());
    else
        output = co_await worker_->perform(pin, module_deadline());
    if (output || output.error().code == ErrorCode::key_not_found)
        means_.tokens.note_private_key(key_, output.has_value());
    if (output)
        means_.person.note_right(key_.token);
    else if (output.error().code == ErrorCode::pin_incorrect)
        means_.person.note_refused(key_.token, pin);
    else if (output.error().code == ErrorCode::pin_locked)
        means_.person.tell_locked(*prompting_, co_await asio::this_coro::executor);
    co_return output;
}

asio::awaitable<void> UseOfKey::leave_behind()
{
    asio::co_spawn(co_await asio::this_coro::executor, leave_token(std::move(worker_), *std::move(turn_)),
                   asio::detached);
    turn_.reset();
}

Clock::time_point UseOfKey::module_deadline() const
{
    return Clock::now() + means_.config.modules.at(key_.module).timeout;
}

} // namespace sceau::agent
