#include "agent/requests/decrypt.h"

#include "mail/cms/encryption.h"

#include <asio/this_coro.hpp>
#include <fmt/format.h>

namespace sceau::agent {

using base::Result;

namespace {

base::Bytes identity_of(const ipc::Decrypt::Parameters& request)
{
    const std::string text =
        fmt::format("{} {} {}", request.key.hex(), base::to_string(request.scheme), base::to_hex(request.ciphertext));
    return base::hash_of(base::Hash::sha256, base::as_bytes(text));
}

base::Bytes identity_of(const ipc::Derive::Parameters& request)
{
    const std::string text = fmt::format("{} ecdh {}", request.key.hex(), base::to_hex(request.public_key));
    return base::hash_of(base::Hash::sha256, base::as_bytes(text));
}

pkcs11::Operation operation_of(const ipc::Decrypt::Parameters& request)
{
    return pkcs11::Decryption{.scheme = request.scheme, .ciphertext = request.ciphertext};
}

pkcs11::Operation operation_of(const ipc::Derive::Parameters& request)
{
    return pkcs11::Derivation{request.public_key};
}

Result<> check(const Key& key, const ipc::Decrypt::Parameters& request)
{
    if (key.facts.algorithm != "rsa")
        return std::unexpected(base::unsupported("the key is not RSA: Derive is for it"));
    if (!mail::cms::is_rsa_ciphertext(key.facts.public_key, request.ciphertext))
        return std::unexpected(base::invalid_parameter("ciphertext", "is not what this key can decrypt"));
    return {};
}

Result<> check(const Key& key, const ipc::Derive::Parameters& request)
{
    if (key.facts.algorithm != "ec")
        return std::unexpected(base::unsupported("the key is on no elliptic curve: Decrypt is for it"));
    if (!mail::cms::is_point_on_curve(key.facts.public_key, request.public_key))
        return std::unexpected(
            base::invalid_parameter("public_key", "is not an uncompressed point of the key's curve"));
    return {};
}

} // namespace

Result<Decryption> Decryption::create()
{
    TRY_ASSIGN(const auto rejection, base::ImplicitRejection::create());
    return Decryption(rejection);
}

asio::awaitable<Result<ipc::Reply>> Decryption::decrypt(UseOfKey::Means means, const ipc::Peer& peer,
                                                        const ipc::Decrypt::Parameters& request,
                                                        ipc::ReplyStream& stream, Account& account)
{
    CO_TRY_ASSIGN(base::Bytes plaintext, co_await once(means, peer, request, stream, account));
    co_return ipc::Decrypt::Reply{.plaintext = std::move(plaintext), .progress = {}};
}

asio::awaitable<Result<ipc::Reply>> Decryption::derive(UseOfKey::Means means, const ipc::Peer& peer,
                                                       const ipc::Derive::Parameters& request, ipc::ReplyStream& stream,
                                                       Account& account)
{
    CO_TRY_ASSIGN(base::Bytes secret, co_await once(means, peer, request, stream, account));
    co_return ipc::Derive::Reply{.secret = std::move(secret), .progress = {}};
}

template <class Request>
asio::awaitable<Result<base::Bytes>> Decryption::once(UseOfKey::Means means, const ipc::Peer& peer,
                                                      const Request& request, ipc::ReplyStream& stream,
                                                      Account& account)
{
    const base::Bytes identity = identity_of(request);
    CO_TRY_ASSIGN(const Queue::Turn turn, co_await results_->turn(peer, identity));
    if (auto kept = results_->find(peer, identity, Clock::now()))
        co_return *std::move(kept);
    const Wish wish{
        .peer = peer,
        .key = request.key,
        .operation = operation_of(request),
        .terminal = request.terminal,
        .locale = request.locale,
    };
    UseOfKey use(means, wish, stream);
    CO_TRY(co_await use.find_key());
    account.token_label = use.key().token.label;
    account.token_serial = use.key().token.serial;
    CO_TRY(check(use.key(), request));
    CO_TRY(means.policy.permits_key(peer.executable, request.key, Clock::now()));
    account.was_asked = true;
    CO_TRY_ASSIGN(base::Bytes output, co_await use.perform());
    CO_TRY_ASSIGN(base::Bytes result, result_of(std::move(output), request));
    results_->keep(peer, identity, result, co_await asio::this_coro::executor);
    co_return result;
}

Result<base::Bytes> Decryption::result_of(base::Bytes encoded, const ipc::Decrypt::Parameters& request) const
{
    if (request.scheme == base::DecryptionScheme::rsa_pkcs1)
        return rejection_.decode(encoded, request.ciphertext, request.key);
    auto message = base::decode_oaep(request.scheme, encoded);
    if (!message)
        return std::unexpected(base::invalid_parameter("ciphertext", "cannot be decrypted with this key"));
    return *std::move(message);
}

Result<base::Bytes> Decryption::result_of(base::Bytes secret, const ipc::Derive::Parameters&) const
{
    return secret;
}

} // namespace sceau::agent
