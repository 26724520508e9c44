// The part of every request that needs a PIN: a key that is there, the person's PIN, the token.
#include "agent/log.h"
#include "agent/person/dialog_environment.h"
#include "agent/requests/wire.h"
#include "agent/service.h"

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

// How often a module without reader events is asked whether the awaited token has come.
constexpr std::chrono::seconds kLookAgain{1};

// How often one request looks for a token that is listed, and that its worker does not find.
constexpr int kMostAbsences = 4;

// How long a card may take before the person is told which programs use it.
constexpr std::chrono::seconds kHeldPatience{2};

asio::awaitable<void> leave_token(std::unique_ptr<KeyUse> use, Queue::Turn /*held until then*/)
{
    if (const auto left = co_await use->leave(); !left)
        log("after a use of a key: {}", left.error().message);
}

} // namespace

struct Service::Asked {
    std::unique_ptr<KeyUse> use;
    pkcs11::PinState state;
    base::Secret pin; // empty where it is typed at the reader
};

// A key that is there, or comes in time. A copy: discoveries go on while it is used.
asio::awaitable<Result<Key>> Service::find_key(const Use& use, const base::KeyId& id, Purpose purpose,
                                               ipc::ReplyStream& stream)
{
    if (inventory_.find(id, purpose) == nullptr)
        CO_TRY(co_await discover());
    const auto deadline = Clock::now() + config_.token_wait;
    for (bool told = false; inventory_.find(id, purpose) == nullptr;) {
        const auto known = known_.find(id);
        if (known == known_.end() && tokens_->is_complete())
            co_return std::unexpected(base::key_not_found("no token that was seen has this key"));
        if (known == known_.end()) { // a module has not told yet what it has
            CO_TRY(co_await look_again(deadline));
            continue;
        }
        const Key missing = known->second;
        if (!std::exchange(told, true))
            CO_TRY(co_await report(stream, State::waiting_for_token, missing.token.label));
        CO_TRY_ASSIGN(const Prompting prompting, co_await prompting_for(use, missing));
        auto first = co_await (until_there(id, purpose, deadline) || pins_.ask_for_token(prompting, deadline));
        CO_TRY(first.index() == 0 ? std::get<0>(std::move(first)) : std::get<1>(std::move(first)));
    }
    const Key key = *inventory_.find(id, purpose);
    if (!permits(key, purpose))
        co_return std::unexpected(base::not_permitted(
            purpose == Purpose::sign ? "the certificate does not allow this key to sign (keyUsage)"
                                     : "the certificate does not allow this key to decrypt (keyUsage)"));
    co_return key;
}

asio::awaitable<Result<>> Service::until_there(const base::KeyId& id, Purpose purpose, Clock::time_point deadline)
{
    while (inventory_.find(id, purpose) == nullptr)
        CO_TRY(co_await look_again(deadline));
    co_return Result<>{};
}

asio::awaitable<Result<>> Service::look_again(Clock::time_point deadline)
{
    if (Clock::now() >= deadline)
        co_return std::unexpected(base::token_absent("the token of this key is not plugged in"));
    const auto changed = co_await inventory_changed_.wait(std::min(deadline, Clock::now() + kLookAgain));
    if (!changed && changed.error().code != ErrorCode::timed_out)
        co_return std::unexpected(changed.error());
    co_return co_await discover();
}

asio::awaitable<Result<Prompting>> Service::prompting_for(const Use& use, const Key& key)
{
    std::string locale = use.locale.value_or("");
    if (locale.empty()) {
        CO_TRY_ASSIGN(locale, co_await session_locale());
    }
    PromptPlace place = prompt_place(use.peer, use.terminal, std::move(locale));
    const base::Language language = base::language_of(place.locale);
    Prompting prompting{.peer = use.peer,
                        .caller = caller_of(use.peer, language),
                        .key = key,
                        .operation = use.operation,
                        .attributes = use.attributes,
                        .place = std::move(place),
                        .language = language,
                        .pulled = [this, token = key.token] { return until_pulled(token); }};
    co_return prompting;
}

asio::awaitable<Result<Queue::Turn>> Service::turn_at(const Use& use, const Key& key, ipc::ReplyStream& stream)
{
    Queue& queue = token_queues_[key.token];
    const Asker asker = asker_of(use.peer);
    if (queue.is_taken())
        CO_TRY(co_await report(stream, State::queued, key.token.label, queue.before(asker)));
    CO_TRY_ASSIGN(Queue::Turn turn, co_await queue.turn(asker));
    CO_TRY(policy_.permits(use.peer.executable, Clock::now())); // the person may have cancelled what came before
    co_return turn;
}

// Asks for the PIN and uses the key, with a worker of its own each time: again after a wrong PIN, and when the token
// was pulled out before one was given.
asio::awaitable<Result<base::Bytes>> Service::use_key(const Use& use, Key key, ipc::ReplyStream& stream,
                                                      const std::function<bool()>& is_answered)
{
    const Purpose purpose = std::holds_alternative<pkcs11::Signature>(use.operation) ? Purpose::sign : Purpose::decrypt;
    std::optional<Queue::Turn> turn;
    std::shared_ptr<void> enlisted;
    CO_TRY_ASSIGN(const Prompting prompting, co_await prompting_for(use, key));
    PinHistory history;
    for (int absences = 0;;) {
        if (!turn) {
            CO_TRY_ASSIGN(turn, co_await turn_at(use, key, stream));
            if (is_answered && is_answered())
                co_return base::Bytes{};
            enlisted = pins_.enlist();
        }
        history.refused = pins_.refused(key.token);
        auto asked = co_await ask(prompting, history, stream);
        if (!asked && asked.error().code == ErrorCode::token_absent)
            CO_TRY(co_await discover()); // nobody tells when a token without a reader goes
        if (!asked && asked.error().code == ErrorCode::token_absent &&
            inventory_.find(key.facts.key, purpose) == nullptr) {
            turn.reset(); // the token is waited for by all at once
            enlisted.reset();
            CO_TRY_ASSIGN(key, co_await find_key(use, key.facts.key, purpose, stream));
            continue;
        }
        // It is back, or another process at the same token made the module stumble. No PIN was sent.
        if (!asked && asked.error().code == ErrorCode::token_absent && ++absences < kMostAbsences)
            continue;
        if (!asked && asked.error().code == ErrorCode::key_not_found) {
            CO_TRY_ASSIGN(const bool is_elsewhere_now, co_await is_elsewhere(key, purpose));
            if (is_elsewhere_now) {
                turn.reset();
                enlisted.reset();
                CO_TRY_ASSIGN(key, co_await find_key(use, key.facts.key, purpose, stream));
                continue;
            }
        }
        // The person gave up: after a refusal that is what the caller needs to know.
        if (!asked && asked.error().code == ErrorCode::cancelled && history.problem == PinProblem::incorrect)
            co_return std::unexpected(base::pin_incorrect(history.tries_left));
        if (!asked)
            co_return std::unexpected(std::move(asked).error());
        auto output = co_await perform(prompting, *asked, stream);
        if (output || output.error().code != ErrorCode::pin_incorrect) {
            // The answer need not wait for the token to be left; the next request must.
            asio::co_spawn(co_await asio::this_coro::executor, leave_token(std::move(asked->use), *std::move(turn)),
                           asio::detached);
            co_return output;
        }
        log("token \"{}\": {}", key.token.label, output.error().message);
        CO_TRY(co_await asked->use->leave());
        history.problem = PinProblem::incorrect;
        history.tries_left = output.error().tries_left;
    }
}

asio::awaitable<Result<bool>> Service::is_elsewhere(const Key& key, Purpose purpose)
{
    CO_TRY(co_await discover_afresh());
    const Key* now = inventory_.find(key.facts.key, purpose);
    co_return now != nullptr && *now != key;
}

// A worker that is ready, and a PIN that may be sent to it.
asio::awaitable<Result<Service::Asked>> Service::ask(const Prompting& prompting, const PinHistory& history,
                                                     ipc::ReplyStream& stream)
{
    const Key& key = prompting.key;
    auto use = tokens_->start(key.module, {.token = key.token,
                                           .slot = key.token.reader,
                                           .reader = {},
                                           .cka_id = key.cka_id,
                                           .public_key = key.facts.public_key,
                                           .operation = prompting.operation,
                                           .certificate_cache = {}});
    CO_TRY_ASSIGN(const pkcs11::PinState state, co_await ready(*use, key, stream));
    if (state.locked) {
        pins_.tell_locked(prompting, co_await asio::this_coro::executor);
        co_return std::unexpected(base::pin_locked("the token takes no more PINs"));
    }
    CO_TRY_ASSIGN(base::Secret pin, co_await pins_.ask(prompting, state, history, stream));
    Asked asked{.use = std::move(use), .state = state, .pin = std::move(pin)};
    co_return asked;
}

// Whoever waits for a card that another program keeps is told so after a moment.
asio::awaitable<Result<pkcs11::PinState>> Service::ready(KeyUse& use, const Key& key, ipc::ReplyStream& stream)
{
    const auto deadline = module_deadline(key);
    auto state = co_await use.ready(std::min(deadline, Clock::now() + kHeldPatience));
    if (state || Clock::now() >= deadline)
        co_return state;
    if (state.error().code == ErrorCode::busy)
        CO_TRY(co_await report(stream, State::reader_in_use, key.token.label, {}, {}, state.error().message));
    else if (state.error().code != ErrorCode::timed_out)
        co_return state;
    co_return co_await use.ready(deadline);
}

asio::awaitable<Result<base::Bytes>> Service::perform(const Prompting& prompting, Asked& asked,
                                                      ipc::ReplyStream& stream)
{
    const Key& key = prompting.key;
    const bool signs = std::holds_alternative<pkcs11::Signature>(prompting.operation);
    const State with_pin = signs ? State::signing : State::decrypting;
    CO_TRY(co_await report(stream, asked.state.pad ? State::pin : with_pin, key.token.label));
    // Not with ?:, in which g++ 12 destroys what was awaited.
    Result<base::Bytes> output;
    if (asked.state.pad)
        output = co_await pins_.perform_at_reader(prompting, asked.state, *asked.use, module_deadline(key));
    else
        output = co_await asked.use->perform(asked.pin, module_deadline(key));
    if (output || output.error().code == ErrorCode::key_not_found)
        note_private_key(key, output.has_value());
    if (output)
        pins_.note_right(key.token);
    else if (output.error().code == ErrorCode::pin_incorrect)
        pins_.note_refused(key.token, asked.pin);
    else if (output.error().code == ErrorCode::pin_locked)
        pins_.tell_locked(prompting, co_await asio::this_coro::executor);
    co_return output;
}

asio::awaitable<Result<>> Service::until_pulled(TokenId token)
{
    while (inventory_.has(token))
        CO_TRY(co_await inventory_changed_.wait(Clock::time_point::max()));
    co_return Result<>{};
}

Clock::time_point Service::module_deadline(const Key& key) const
{
    return Clock::now() + config_.modules.at(key.module).timeout;
}

} // namespace sceau::agent
