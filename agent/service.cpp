#include "agent/service.h"

#include "agent/log.h"
#include "agent/wire.h"
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
    if (std::holds_alternative<ipc::ListTokens::Parameters>(request))
        co_return co_await list_tokens();
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
    const bool other_issuers = issuers_.refresh();
    if (inventory_.is_of(found) && !other_issuers)
        co_return Result<>{};
    inventory_ = Inventory::of(std::move(found), issuers_);
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
    CO_TRY_ASSIGN(const Key key, co_await find_key(request.key, Purpose::sign, stream));
    if (std::ranges::find(key.facts.schemes, request.scheme) == key.facts.schemes.end())
        co_return std::unexpected(base::unsupported("the key cannot be used with this scheme"));
    std::optional<mail::cms::SignedAttributes> attributes;
    if (request.evidence) {
        const auto certificates = inventory_.certificates_of(request.key);
        CO_TRY_ASSIGN(attributes, check_evidence(*request.evidence, request.scheme, digest, certificates));
    }
    // With attributes too: they do not show the content.
    CO_TRY(policy_.permits_blind(peer.executable, Clock::now()));

    const pkcs11::Operation operation = pkcs11::Signature{.scheme = request.scheme, .digest = digest};
    const Use use{.peer = peer,
                  .operation = operation,
                  .terminal = request.terminal,
                  .attributes = attributes ? &*attributes : nullptr};
    CO_TRY_ASSIGN(base::Bytes signature, co_await use_key(use, key, stream));
    if (!mail::cms::verifies(key.certificate, request.scheme, digest.bytes(), signature))
        co_return std::unexpected(base::token_failed("the token's signature is wrong; it was not released"));
    co_return final(ipc::Sign::Reply{.signature = std::move(signature), .progress = {}});
}

asio::awaitable<Result<ipc::Reply>> Service::decrypt(const ipc::Peer& peer, const ipc::Decrypt::Parameters& request,
                                                     ipc::ReplyStream& stream)
{
    const pkcs11::Operation operation = pkcs11::Decryption{.scheme = request.scheme, .ciphertext = request.ciphertext};
    const Use use{.peer = peer, .operation = operation, .terminal = request.terminal};
    const Check check = [&](const Key& key) -> Result<> {
        if (key.facts.algorithm != "rsa")
            return std::unexpected(base::unsupported("the key is not RSA: Derive is for it"));
        if (!mail::cms::is_rsa_ciphertext(key.certificate, request.ciphertext))
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
    const Use use{.peer = peer, .operation = operation, .terminal = request.terminal};
    const Check check = [&](const Key& key) -> Result<> {
        if (key.facts.algorithm != "ec")
            return std::unexpected(base::unsupported("the key is on no elliptic curve: Decrypt is for it"));
        if (!mail::cms::is_point_on_curve(key.certificate, request.public_key))
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
    CO_TRY_ASSIGN(const Key key, co_await find_key(id, Purpose::decrypt, stream));
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
