#include "agent/service.h"

#include "agent/log.h"
#include "agent/requests/wire.h"
#include "mail/cms/encryption.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace sceau::agent {

using base::Result;

namespace {

template <class Reply>
Result<ipc::Reply> final(Reply reply)
{
    return ipc::Reply(std::move(reply));
}

// How often it is looked whether what is known of the tokens still holds (TokenStore::discover), when nobody asks.
constexpr std::chrono::minutes kNowAndThen{11};

bool holds_the_same(const TokenId& id, const Inventory& before, const Inventory& now)
{
    const FoundToken* old = before.find(id);
    const FoundToken* found = now.find(id);
    return old != nullptr && found != nullptr && old->token.certificates == found->token.certificates &&
           old->token.keys == found->token.keys;
}

/// What makes two requests the same one.
base::Bytes identity_of(const base::KeyId& key, const pkcs11::Operation& operation)
{
    std::string text = key.hex();
    if (const auto* decryption = std::get_if<pkcs11::Decryption>(&operation))
        text += fmt::format(" {} {}", base::to_string(decryption->scheme), base::to_hex(decryption->ciphertext));
    else if (const auto* derivation = std::get_if<pkcs11::Derivation>(&operation))
        text += " ecdh " + base::to_hex(derivation->public_key);
    return {text.begin(), text.end()};
}

} // namespace

Result<std::unique_ptr<Service>> Service::create(Config config, std::unique_ptr<TokenStore> tokens)
{
    TRY_ASSIGN(RefusedPins refused, RefusedPins::create());
    TRY_ASSIGN(const auto rejection, base::ImplicitRejection::create());
    return std::unique_ptr<Service>(new Service(std::move(config), std::move(tokens), std::move(refused), rejection));
}

Service::Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused,
                 const base::ImplicitRejection& rejection)
    : config_(std::move(config)),
      tokens_(std::move(tokens)),
      policy_(config_.blind, config_.programs),
      pins_(config_, policy_, std::move(refused)),
      rejection_(rejection),
      issuers_(config_.issuers)
{
}

asio::awaitable<Result<ipc::Reply>> Service::handle(const ipc::Peer& peer, ipc::Request request,
                                                    ipc::ReplyStream& stream)
{
    co_await asio::this_coro::throw_if_cancelled(false); // cancelled waits have an error of their own
    // A worker whose module loads ours, as p11-kit's proxy may, would ask the agent that waits for it.
    if (ipc::is_descendant(peer))
        co_return std::unexpected(base::not_permitted("the agent's own workers get no answer from it"));
    if (const auto* wanted = std::get_if<ipc::ListTokens::Parameters>(&request))
        co_return co_await list_tokens(*wanted);
    if (const auto* wanted = std::get_if<ipc::ListKeys::Parameters>(&request))
        co_return co_await list_keys(*wanted);
    if (std::holds_alternative<ipc::Watch::Parameters>(request))
        co_return co_await watch(stream);
    co_return co_await use_for(peer, request, stream);
}

asio::awaitable<Result<ipc::Reply>> Service::use_for(const ipc::Peer& peer, const ipc::Request& request,
                                                     ipc::ReplyStream& stream)
{
    CO_TRY_ASSIGN(const auto place, place_for(peer.executable));
    // Not with ?:, in which g++ 12 destroys what was awaited.
    Result<ipc::Reply> reply;
    std::string what;
    if (const auto* signing = std::get_if<ipc::Sign::Parameters>(&request)) {
        what = fmt::format("signature of {} with key {}", base::to_hex(signing->digest), signing->key.hex());
        reply = co_await sign(peer, *signing, stream);
    } else if (const auto* decryption = std::get_if<ipc::Decrypt::Parameters>(&request)) {
        what = fmt::format("decryption with key {}", decryption->key.hex());
        reply = co_await decrypt(peer, *decryption, stream);
    } else {
        const auto& derivation = std::get<ipc::Derive::Parameters>(request);
        what = fmt::format("derivation with key {}", derivation.key.hex());
        reply = co_await derive(peer, derivation, stream);
    }
    if (reply)
        log("{} for {} ({})", what, peer.name, peer.pid);
    else
        log("no {} for {} ({}): {}: {}", what, peer.name, peer.pid, base::to_string(reply.error().code),
            reply.error().message);
    co_return reply;
}

Result<std::shared_ptr<const void>> Service::place_for(const std::string& program)
{
    std::erase_if(programs_, [](const auto& each) { return each.second.expired(); });
    auto place = programs_[program].lock();
    if (static_cast<std::size_t>(place.use_count()) > kMostOfOneProgram)
        return std::unexpected(base::busy("too many requests of one program are waiting"));
    if (!place)
        programs_[program] = place = std::make_shared<int>();
    return place;
}

asio::awaitable<void> Service::follow_tokens()
{
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::co_spawn(co_await asio::this_coro::executor, tokens_->follow(), asio::detached);
    for (;;) {
        auto changed = tokens_->changed().wait(Clock::now() + kNowAndThen); // what comes while we look counts too
        if (const auto found = co_await discover(); !found)
            log("the tokens cannot be listed: {}", found.error().message);
        const auto woken = co_await std::move(changed);
        if (!woken && woken.error().code != base::ErrorCode::timed_out)
            co_return;
        drop_pulled_tokens();
    }
}

void Service::drop_pulled_tokens()
{
    const auto pulled = inventory_.drop_if([&](const FoundToken& found) { return !tokens_->is_there(found); });
    for (const FoundToken& found : pulled) {
        pins_.note_pulled(id_of(found));
        std::erase_if(missing_, [&](const auto& each) { return each.first == id_of(found); });
    }
    if (!pulled.empty())
        inventory_changed_.notify();
}

asio::awaitable<Result<>> Service::discover()
{
    CO_TRY_ASSIGN(auto found, co_await tokens_->discover());
    const bool other_issuers = issuers_.refresh();
    if (inventory_.is_of(found) && !other_issuers)
        co_return Result<>{};
    Inventory now = Inventory::of(std::move(found), issuers_);
    std::erase_if(missing_, [&](const auto& each) { return !holds_the_same(each.first, inventory_, now); });
    for (const auto& [token, key] : missing_)
        now.note_private_key(token, key, false);
    inventory_ = std::move(now);
    if (other_issuers)
        for (auto& [id, key] : known_) // of tokens that are not plugged in, too
            key.chain = issuers_.chain_of(key.certificate, key.chain.certificates);
    for (const Key& key : inventory_.keys())
        known_.insert_or_assign(key.facts.key, key);
    inventory_changed_.notify();
    co_return Result<>{};
}

void Service::note_private_key(const Key& key, bool is_there)
{
    const std::pair which(key.token, key.facts.key);
    if (is_there ? missing_.erase(which) == 0 : !missing_.insert(which).second)
        return;
    inventory_.note_private_key(key.token, key.facts.key, is_there);
    inventory_changed_.notify();
}

asio::awaitable<Result<>> Service::discover_afresh()
{
    tokens_->look_again();
    co_return co_await discover();
}

asio::awaitable<Result<ipc::Reply>> Service::list_tokens(const ipc::ListTokens::Parameters& wanted)
{
    if (wanted.refresh.value_or(false))
        tokens_->look_again();
    CO_TRY(co_await discover());
    co_return final(
        ipc::ListTokens::Reply{.tokens = wire_tokens(inventory_, config_), .obstacles = tokens_->obstacles()});
}

asio::awaitable<Result<ipc::Reply>> Service::list_keys(const ipc::ListKeys::Parameters& wanted)
{
    if (wanted.refresh.value_or(false))
        tokens_->look_again();
    CO_TRY(co_await discover());
    co_return final(ipc::ListKeys::Reply{.keys = wire_keys(inventory_, known_, wanted)});
}

asio::awaitable<Result<ipc::Reply>> Service::watch(ipc::ReplyStream& stream)
{
    CO_TRY(co_await discover());
    for (;;) {
        auto change = inventory_changed_.wait(Clock::time_point::max()); // also one that comes while the reply is sent
        ipc::Reply now = ipc::Watch::Reply{.tokens = wire_tokens(inventory_, config_),
                                           .keys = wire_keys(inventory_, known_, {}),
                                           .obstacles = tokens_->obstacles()};
        CO_TRY(co_await stream.send(std::move(now)));
        CO_TRY(co_await std::move(change));
    }
}

asio::awaitable<Result<ipc::Reply>> Service::sign(const ipc::Peer& peer, const ipc::Sign::Parameters& request,
                                                  ipc::ReplyStream& stream)
{
    CO_TRY_ASSIGN(base::Digest digest, base::Digest::for_scheme(request.scheme, request.digest));
    const pkcs11::Operation operation = pkcs11::Signature{.scheme = request.scheme, .digest = digest};
    Use use{.peer = peer, .operation = operation, .terminal = request.terminal, .locale = request.locale};
    CO_TRY_ASSIGN(const Key key, co_await find_key(use, request.key, Purpose::sign, stream));
    if (std::ranges::find(key.facts.schemes, request.scheme) == key.facts.schemes.end())
        co_return std::unexpected(base::unsupported("the key cannot be used with this scheme"));
    std::optional<mail::cms::SignedAttributes> attributes;
    if (request.evidence) {
        const auto certificates = inventory_.certificates_of(request.key);
        CO_TRY_ASSIGN(attributes, check_evidence(*request.evidence, request.scheme, digest, certificates));
        use.attributes = &*attributes;
    }
    // With attributes too: they do not show the content.
    CO_TRY(policy_.permits_blind(peer.executable, Clock::now()));

    CO_TRY_ASSIGN(base::Bytes signature, co_await use_key(use, key, stream));
    if (!mail::cms::verifies_with_key(key.facts.public_key, request.scheme, digest.bytes(), signature)) {
        // A card that was given a new key and certificate where it is makes signatures that are wrong to us. It can be
        // looked at once it was left.
        CO_TRY_ASSIGN(const Queue::Turn turn, co_await token_queues_[key.token].turn(asker_of(peer)));
        CO_TRY(co_await discover_afresh());
        if (inventory_.find(request.key, Purpose::sign) == nullptr)
            co_return std::unexpected(base::key_not_found("the token was given another key and certificate"));
        co_return std::unexpected(base::token_failed("the token's signature is wrong; it was not released"));
    }
    co_return final(ipc::Sign::Reply{.signature = std::move(signature), .progress = {}});
}

asio::awaitable<Result<ipc::Reply>> Service::decrypt(const ipc::Peer& peer, const ipc::Decrypt::Parameters& request,
                                                     ipc::ReplyStream& stream)
{
    const pkcs11::Operation operation = pkcs11::Decryption{.scheme = request.scheme, .ciphertext = request.ciphertext};
    const Use use{.peer = peer, .operation = operation, .terminal = request.terminal, .locale = request.locale};
    const Check check = [&](const Key& key) -> Result<> {
        if (key.facts.algorithm != "rsa")
            return std::unexpected(base::unsupported("the key is not RSA: Derive is for it"));
        if (!mail::cms::is_rsa_ciphertext(key.facts.public_key, request.ciphertext))
            return std::unexpected(base::invalid_parameter("ciphertext", "is not what this key can decrypt"));
        return {};
    };
    const Decode decode = [&](base::Bytes encoded) -> Result<base::Bytes> {
        if (request.scheme == base::DecryptionScheme::rsa_pkcs1)
            return rejection_.decode(encoded, request.ciphertext, request.key);
        auto message = base::decode_oaep(request.scheme, encoded);
        if (!message)
            return std::unexpected(base::invalid_parameter("ciphertext", "cannot be decrypted with this key"));
        return *std::move(message);
    };
    CO_TRY_ASSIGN(base::Bytes plaintext, co_await decrypt_once(use, request.key, check, decode, stream));
    co_return final(ipc::Decrypt::Reply{.plaintext = std::move(plaintext), .progress = {}});
}

asio::awaitable<Result<ipc::Reply>> Service::derive(const ipc::Peer& peer, const ipc::Derive::Parameters& request,
                                                    ipc::ReplyStream& stream)
{
    const pkcs11::Operation operation = pkcs11::Derivation{request.public_key};
    const Use use{.peer = peer, .operation = operation, .terminal = request.terminal, .locale = request.locale};
    const Check check = [&](const Key& key) -> Result<> {
        if (key.facts.algorithm != "ec")
            return std::unexpected(base::unsupported("the key is on no elliptic curve: Decrypt is for it"));
        if (!mail::cms::is_point_on_curve(key.facts.public_key, request.public_key))
            return std::unexpected(
                base::invalid_parameter("public_key", "is not an uncompressed point of the key's curve"));
        return {};
    };
    const Decode decode = [](base::Bytes secret) { return secret; };
    CO_TRY_ASSIGN(base::Bytes secret, co_await decrypt_once(use, request.key, check, decode, stream));
    co_return final(ipc::Derive::Reply{.secret = std::move(secret), .progress = {}});
}

asio::awaitable<Result<base::Bytes>> Service::decrypt_once(const Use& use, const base::KeyId& id, const Check& check,
                                                           const Decode& decode, ipc::ReplyStream& stream)
{
    const base::Bytes request = identity_of(id, use.operation);
    auto kept = results_->find(use.peer, request, Clock::now());
    if (kept)
        co_return *std::move(kept);
    CO_TRY_ASSIGN(const Key key, co_await find_key(use, id, Purpose::decrypt, stream));
    CO_TRY(check(key));
    CO_TRY(policy_.permits(use.peer.executable, Clock::now()));
    // What one request's person is asked for answers those that ask the same meanwhile.
    const auto is_answered = [&] {
        kept = results_->find(use.peer, request, Clock::now());
        return kept.has_value();
    };
    CO_TRY_ASSIGN(base::Bytes output, co_await use_key(use, key, stream, is_answered));
    if (kept)
        co_return *std::move(kept);
    CO_TRY_ASSIGN(base::Bytes result, decode(std::move(output)));
    results_->keep(use.peer, request, result, co_await asio::this_coro::executor);
    co_return result;
}

} // namespace sceau::agent
