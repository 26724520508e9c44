#include "agent/service.h"

#include "agent/log.h"
#include "agent/wire.h"
#include "base/digest.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>

namespace sceau::agent {

using base::ErrorCode;
using base::Result;
using ipc::Progress;
using ipc::State;

namespace {

// How often a module without reader events is asked whether the awaited token has come.
constexpr std::chrono::seconds kLookAgain{1};

// How long a card may take before the person is told which programs use it.
constexpr std::chrono::seconds kHeldPatience{2};

template <class Reply>
Result<ipc::Reply> final(Reply reply)
{
    return ipc::Reply(std::move(reply));
}

asio::awaitable<void> leave_token(std::unique_ptr<Signing> signing, Queue::Turn /*held until then*/)
{
    if (const auto left = co_await signing->leave(); !left)
        log("after a signature: {}", left.error().message);
}

} // namespace

struct Service::Asked {
    std::unique_ptr<Signing> signing;
    pkcs11::PinState state;
    base::Secret pin; // empty where it is typed at the reader
};

Result<std::unique_ptr<Service>> Service::create(Config config, std::unique_ptr<TokenStore> tokens)
{
    TRY_ASSIGN(RefusedPins refused, RefusedPins::create());
    return std::unique_ptr<Service>(new Service(std::move(config), std::move(tokens), std::move(refused)));
}

Service::Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused)
    : config_(std::move(config)),
      tokens_(std::move(tokens)),
      policy_(config_.blind, config_.programs),
      pins_(config_, policy_, std::move(refused))
{
}

asio::awaitable<Result<ipc::Reply>> Service::handle(const ipc::Peer& peer, ipc::Request request,
                                                    ipc::ReplyStream& stream)
{
    co_await asio::this_coro::throw_if_cancelled(false); // cancelled waits have an error of their own
    if (std::holds_alternative<ipc::ListTokens::Parameters>(request))
        co_return co_await list_tokens();
    if (const auto* wanted = std::get_if<ipc::ListKeys::Parameters>(&request))
        co_return co_await list_keys(*wanted);
    if (std::holds_alternative<ipc::Watch::Parameters>(request))
        co_return co_await watch(stream);
    const auto& signing = std::get<ipc::Sign::Parameters>(request);
    auto reply = co_await sign(peer, signing, stream);
    if (reply)
        log("signed {} with key {} for {} ({})", base::to_hex(signing.digest), signing.key.hex(), peer.name, peer.pid);
    else
        log("not signed for {} ({}), key {}: {}: {}", peer.name, peer.pid, signing.key.hex(),
            base::to_string(reply.error().code), reply.error().message);
    co_return reply;
}

asio::awaitable<void> Service::follow_tokens()
{
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::co_spawn(co_await asio::this_coro::executor, tokens_->follow(), asio::detached);
    for (;;) {
        auto changed = tokens_->changed().wait(Clock::time_point::max()); // what comes while we look counts too
        if (const auto found = co_await discover(); !found)
            log("the tokens cannot be listed: {}", found.error().message);
        if (!co_await std::move(changed))
            co_return;
        drop_pulled_tokens();
    }
}

void Service::drop_pulled_tokens()
{
    const auto pulled = inventory_.drop_if([&](const FoundToken& found) { return !tokens_->is_there(found); });
    for (const FoundToken& found : pulled)
        pins_.note_pulled(found.token.identity);
    if (!pulled.empty())
        inventory_changed_.notify();
}

asio::awaitable<Result<>> Service::discover()
{
    const unsigned before = discoveries_;
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await discovery_.turn());
    // One that began after this call waited answers it too.
    if (discoveries_ > before + 1)
        co_return Result<>{};
    ++discoveries_;
    CO_TRY_ASSIGN(auto found, co_await tokens_->discover());
    if (inventory_.is_of(found))
        co_return Result<>{};
    inventory_ = Inventory::of(std::move(found));
    for (const Key& key : inventory_.keys())
        known_.insert_or_assign(key.facts.key, key);
    inventory_changed_.notify();
    co_return Result<>{};
}

asio::awaitable<Result<ipc::Reply>> Service::list_tokens()
{
    CO_TRY(co_await discover());
    co_return final(ipc::ListTokens::Reply{.tokens = wire_tokens(inventory_, config_)});
}

asio::awaitable<Result<ipc::Reply>> Service::list_keys(const ipc::ListKeys::Parameters& wanted)
{
    CO_TRY(co_await discover());
    co_return final(ipc::ListKeys::Reply{.keys = wire_keys(inventory_, wanted.email, wanted.usage)});
}

asio::awaitable<Result<ipc::Reply>> Service::watch(ipc::ReplyStream& stream)
{
    CO_TRY(co_await discover());
    for (;;) {
        auto change = inventory_changed_.wait(Clock::time_point::max()); // also one that comes while the reply is sent
        ipc::Reply now =
            ipc::Watch::Reply{.tokens = wire_tokens(inventory_, config_), .keys = wire_keys(inventory_, {}, {})};
        CO_TRY(co_await stream.send(std::move(now)));
        CO_TRY(co_await std::move(change));
    }
}

asio::awaitable<Result<ipc::Reply>> Service::sign(const ipc::Peer& peer, const ipc::Sign::Parameters& request,
                                                  ipc::ReplyStream& stream)
{
    CO_TRY_ASSIGN(base::Digest digest, base::Digest::for_scheme(request.scheme, request.digest));
    if (request.evidence)
        co_return std::unexpected(base::unsupported("this agent does not understand evidence yet"));
    CO_TRY_ASSIGN(const Key key, co_await find_key(request.key, stream));
    if (std::ranges::find(key.facts.schemes, request.scheme) == key.facts.schemes.end())
        co_return std::unexpected(base::unsupported("the key cannot be used with this scheme"));
    if (!key.facts.may_sign)
        co_return std::unexpected(base::not_permitted("the certificate does not allow this key to sign (keyUsage)"));
    CO_TRY(policy_.permits_blind(peer.executable, Clock::now()));

    CO_TRY_ASSIGN(base::Bytes signature, co_await sign_with_token(peer, request, key, digest, stream));
    if (!mail::cms::verifies(key.certificate, request.scheme, digest.bytes(), signature))
        co_return std::unexpected(base::token_failed("the token's signature is wrong; it was not released"));
    co_return final(ipc::Sign::Reply{.signature = std::move(signature), .progress = {}});
}

// A key that is there, or comes in time. A copy: discoveries go on while its signature is made.
asio::awaitable<Result<Key>> Service::find_key(const base::KeyId& id, ipc::ReplyStream& stream)
{
    const auto deadline = Clock::now() + config_.token_wait;
    for (bool told = false;;) {
        if (inventory_.find(id) == nullptr)
            CO_TRY(co_await discover());
        if (const Key* key = inventory_.find(id))
            co_return *key;
        const auto known = known_.find(id);
        if (known == known_.end())
            co_return std::unexpected(base::key_not_found("no token that was seen has this key"));
        if (!std::exchange(told, true))
            CO_TRY(co_await report(stream, State::waiting_for_token, known->second.token.label));
        if (Clock::now() >= deadline)
            co_return std::unexpected(base::token_absent("the token of this key is not plugged in"));
        const auto changed = co_await inventory_changed_.wait(std::min(deadline, Clock::now() + kLookAgain));
        if (!changed && changed.error().code != ErrorCode::timed_out)
            co_return std::unexpected(changed.error());
    }
}

Prompting Service::prompting_for(const ipc::Peer& peer, const ipc::Sign::Parameters& request, const Key& key,
                                 const base::Digest& digest)
{
    PromptPlace place = prompt_place(peer, request.terminal);
    const base::Language language = base::language_of(place.locale);
    return {.peer = peer,
            .key = key,
            .scheme = request.scheme,
            .digest = digest,
            .place = std::move(place),
            .language = language,
            .pulled = [this, token = key.token] { return until_pulled(token); }};
}

asio::awaitable<Result<Queue::Turn>> Service::turn_at(const Key& key, ipc::ReplyStream& stream)
{
    Queue& queue = token_queues_[key.token];
    if (const std::size_t before = queue.length(); before > 0)
        CO_TRY(co_await report(stream, State::queued, key.token.label, before));
    co_return co_await queue.turn();
}

// Asks for the PIN and signs, with a worker of its own each time: again after a wrong PIN, and when the token was
// pulled out before one was given.
asio::awaitable<Result<base::Bytes>> Service::sign_with_token(const ipc::Peer& peer,
                                                              const ipc::Sign::Parameters& request, Key key,
                                                              const base::Digest& digest, ipc::ReplyStream& stream)
{
    CO_TRY_ASSIGN(Queue::Turn turn, co_await turn_at(key, stream));
    const auto enlisted = pins_.enlist();
    const Prompting prompting = prompting_for(peer, request, key, digest);
    PinHistory history;
    for (;;) {
        history.refused = pins_.refused(key.token);
        auto asked = co_await ask(prompting, history, stream);
        if (!asked && asked.error().code == ErrorCode::token_absent)
            CO_TRY(co_await discover()); // nobody tells when a token without a reader goes
        if (!asked && asked.error().code == ErrorCode::token_absent && inventory_.find(request.key) == nullptr) {
            CO_TRY_ASSIGN(key, co_await find_key(request.key, stream));
            continue;
        }
        // The person gave up: after a refusal that is what the caller needs to know.
        if (!asked && asked.error().code == ErrorCode::cancelled && history.problem == PinProblem::incorrect)
            co_return std::unexpected(base::pin_incorrect(history.tries_left));
        if (!asked)
            co_return std::unexpected(std::move(asked).error());
        auto signature = co_await sign_asked(prompting, *asked, stream);
        if (signature || signature.error().code != ErrorCode::pin_incorrect) {
            // The answer need not wait for the token to be left; the next request must.
            asio::co_spawn(co_await asio::this_coro::executor, leave_token(std::move(asked->signing), std::move(turn)),
                           asio::detached);
            co_return signature;
        }
        CO_TRY(co_await asked->signing->leave());
        history.problem = PinProblem::incorrect;
        history.tries_left = signature.error().tries_left;
    }
}

// A worker that is ready, and a PIN that may be sent to it.
asio::awaitable<Result<Service::Asked>> Service::ask(const Prompting& prompting, const PinHistory& history,
                                                     ipc::ReplyStream& stream)
{
    const Key& key = prompting.key;
    auto signing = tokens_->start_signing(key.module, {.token = key.token,
                                                       .reader = {},
                                                       .cka_id = key.cka_id,
                                                       .scheme = prompting.scheme,
                                                       .digest = prompting.digest,
                                                       .certificate_cache = {}});
    CO_TRY_ASSIGN(const pkcs11::PinState state, co_await ready(*signing, key, stream));
    if (state.locked) {
        pins_.tell_locked(prompting, co_await asio::this_coro::executor);
        co_return std::unexpected(base::pin_locked("the token takes no more PINs"));
    }
    CO_TRY_ASSIGN(base::Secret pin, co_await pins_.ask(prompting, state, history, stream));
    Asked asked{.signing = std::move(signing), .state = state, .pin = std::move(pin)};
    co_return asked;
}

// Whoever waits for a card that another program keeps is told so after a moment.
asio::awaitable<Result<pkcs11::PinState>> Service::ready(Signing& signing, const Key& key, ipc::ReplyStream& stream)
{
    const auto deadline = module_deadline(key);
    auto state = co_await signing.ready(std::min(deadline, Clock::now() + kHeldPatience));
    if (state || Clock::now() >= deadline)
        co_return state;
    if (state.error().code == ErrorCode::busy)
        CO_TRY(co_await report(stream, State::reader_in_use, key.token.label, {}, {}, state.error().message));
    else if (state.error().code != ErrorCode::timed_out)
        co_return state;
    co_return co_await signing.ready(deadline);
}

asio::awaitable<Result<base::Bytes>> Service::sign_asked(const Prompting& prompting, Asked& asked,
                                                         ipc::ReplyStream& stream)
{
    const Key& key = prompting.key;
    CO_TRY(co_await report(stream, State::signing, key.token.label));
    // Not with ?:, in which g++ 12 destroys what was awaited.
    Result<base::Bytes> signature;
    if (asked.state.pad)
        signature = co_await pins_.sign_at_reader(prompting, asked.state, *asked.signing, module_deadline(key));
    else
        signature = co_await asked.signing->sign(asked.pin, module_deadline(key));
    if (signature)
        pins_.note_right(key.token);
    else if (signature.error().code == ErrorCode::pin_incorrect)
        pins_.note_refused(key.token, asked.pin);
    else if (signature.error().code == ErrorCode::pin_locked)
        pins_.tell_locked(prompting, co_await asio::this_coro::executor);
    co_return signature;
}

asio::awaitable<Result<>> Service::until_pulled(pkcs11::TokenIdentity token)
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
