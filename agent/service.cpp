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

template <class Reply>
Result<ipc::Reply> final(Reply reply)
{
    return ipc::Reply(std::move(reply));
}

// g++ 12 destroys an aggregate twice that is made inside a co_await expression: replies get names of their own first.
asio::awaitable<Result<>> report(ipc::ReplyStream& stream, State state, const std::string& token_label,
                                 std::optional<std::size_t> before = {}, std::optional<unsigned> tries_left = {})
{
    Progress progress{.state = state, .token_label = token_label, .before = {}, .tries_left = {}};
    if (before)
        progress.before = static_cast<int>(*before);
    if (tries_left)
        progress.tries_left = static_cast<int>(*tries_left);
    ipc::Reply reply = ipc::Sign::Reply{.signature = {}, .progress = std::move(progress)};
    co_return co_await stream.send(std::move(reply));
}

asio::awaitable<void> leave_token(std::unique_ptr<Signing> signing, Queue::Turn /*held until then*/)
{
    if (const auto left = co_await signing->leave(); !left)
        log("after a signature: {}", left.error().message);
}

} // namespace

struct Service::Prompting {
    const ipc::Peer& peer;
    const Key& key;
    base::Scheme scheme;
    base::Digest digest;
    PromptPlace place;
    base::Language language;
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
      refused_pins_(std::move(refused))
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

asio::awaitable<Result<>> Service::discover()
{
    const unsigned before = discoveries_;
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await discovery_.turn());
    // One that began after this call waited answers it too.
    if (discoveries_ > before + 1)
        co_return Result<>{};
    ++discoveries_;
    CO_TRY_ASSIGN(auto found, co_await tokens_->discover());
    Inventory inventory = Inventory::of(std::move(found));
    for (const Key& key : inventory.keys())
        known_.insert_or_assign(key.facts.key, key);
    if (inventory == inventory_)
        co_return Result<>{};
    inventory_ = std::move(inventory);
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
        ipc::Reply now =
            ipc::Watch::Reply{.tokens = wire_tokens(inventory_, config_), .keys = wire_keys(inventory_, {}, {})};
        CO_TRY(co_await stream.send(std::move(now)));
        CO_TRY(co_await inventory_changed_.wait(Clock::time_point::max()));
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

    const PromptPlace place = prompt_place(peer, request.terminal);
    const Prompting prompting{.peer = peer,
                              .key = key,
                              .scheme = request.scheme,
                              .digest = std::move(digest),
                              .place = place,
                              .language = base::language_of(place.locale)};
    CO_TRY_ASSIGN(base::Bytes signature, co_await sign_with_token(key, prompting, stream));
    if (!mail::cms::verifies(key.certificate, request.scheme, prompting.digest.bytes(), signature))
        co_return std::unexpected(base::token_failed("the token's signature is wrong; it was not released"));
    co_return final(ipc::Sign::Reply{.signature = std::move(signature), .progress = {}});
}

std::size_t Service::waiting_requests() const
{
    // Of each token's queue the first is counted among those that prompt.
    std::size_t waiting = prompts_.length();
    for (const auto& [token, queue] : token_queues_)
        waiting += queue.length() > 0 ? queue.length() - 1 : 0;
    return waiting;
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

// Asks for the PIN and signs, again after a wrong PIN, each time with a worker of its own.
asio::awaitable<Result<base::Bytes>> Service::sign_with_token(const Key& key, const Prompting& prompting,
                                                              ipc::ReplyStream& stream)
{
    Queue& queue = token_queues_[key.token];
    if (const std::size_t before = queue.length(); before > 0)
        CO_TRY(co_await report(stream, State::queued, key.token.label, before));
    CO_TRY_ASSIGN(Queue::Turn turn, co_await queue.turn());
    PinProblem problem = PinProblem::none;
    std::optional<unsigned> tries_left;
    for (;;) {
        CO_TRY_ASSIGN(auto signing, tokens_->start_signing(key.module, {.token = key.token,
                                                                        .cka_id = key.cka_id,
                                                                        .scheme = prompting.scheme,
                                                                        .digest = prompting.digest}));
        CO_TRY_ASSIGN(const pkcs11::PinState state, co_await signing->ready());
        auto pin = co_await ask_usable_pin(prompting, state, problem, tries_left, stream);
        // The person gave up: after a refusal that is what the caller needs to know.
        if (!pin && pin.error().code == ErrorCode::cancelled && problem == PinProblem::incorrect)
            co_return std::unexpected(base::pin_incorrect(tries_left));
        if (!pin)
            co_return std::unexpected(std::move(pin).error());
        CO_TRY(co_await report(stream, State::signing, key.token.label));
        auto signature = co_await signing->sign(*pin);
        if (signature)
            refused_pins_.forget(key.token);
        if (signature || signature.error().code != ErrorCode::pin_incorrect) {
            // The answer need not wait for the token to be left; the next request must.
            asio::co_spawn(co_await asio::this_coro::executor, leave_token(std::move(signing), std::move(turn)),
                           asio::detached);
            co_return signature;
        }
        CO_TRY(co_await signing->leave());
        refused_pins_.remember(key.token, *pin);
        problem = PinProblem::incorrect;
        tries_left = signature.error().tries_left;
    }
}

// A PIN that may be sent to the token. What no token can take, and what it refused just now, opens the prompt again.
asio::awaitable<Result<base::Secret>> Service::ask_usable_pin(const Prompting& prompting, const pkcs11::PinState& state,
                                                              PinProblem problem, std::optional<unsigned> tries_left,
                                                              ipc::ReplyStream& stream)
{
    if (state.locked)
        co_return std::unexpected(base::pin_locked("the token takes no more PINs"));
    if (state.final_try)
        co_return std::unexpected(base::pin_final_try("one wrong PIN more would lock the token"));
    if (state.pad)
        co_return std::unexpected(base::unsupported("readers with a PIN pad are not supported yet"));
    for (;;) {
        auto pin = co_await ask_pin(prompting, state, problem, tries_left, stream);
        if (pin && !pin->empty() && !refused_pins_.was_refused(prompting.key.token, *pin))
            co_return pin;
        if (!pin && pin.error().code != ErrorCode::invalid_parameter)
            co_return pin;
        problem = !pin ? PinProblem::too_long : pin->empty() ? PinProblem::empty : PinProblem::refused_before;
    }
}

asio::awaitable<Result<base::Secret>> Service::ask_pin(const Prompting& prompting, const pkcs11::PinState& state,
                                                       PinProblem problem, std::optional<unsigned> tries_left,
                                                       ipc::ReplyStream& stream)
{
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await prompts_.turn());
    CO_TRY(co_await report(stream, State::pin, prompting.key.token.label, {}, tries_left));
    const BlindRequest blind{.program = program_of(prompting.peer),
                             .key = prompting.key,
                             .scheme = prompting.scheme,
                             .digest = prompting.digest.bytes(),
                             .place = 1,
                             .waiting = waiting_requests(),
                             .pin = state};
    const PromptText text = blind_prompt(blind, problem, tries_left, prompting.language);
    const auto deadline = Clock::now() + config_.pin_timeout;
    CO_TRY_ASSIGN(Pinentry pinentry, co_await Pinentry::start(config_.pinentry, prompting.place, deadline));
    auto pin = co_await pinentry.ask(text, deadline);
    if (pinentry.cancelled_by_person())
        policy_.note_cancelled(prompting.peer.executable, Clock::now());
    co_return pin;
}

} // namespace sceau::agent
