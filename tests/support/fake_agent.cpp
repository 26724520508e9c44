#include "tests/support/fake_agent.h"

#include "base/rsa_encoding.h"
#include "ipc/server.h"
#include "mail/cms/certificate.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace sceau::test {

using base::Result;

struct FakeAgent::State {
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    ipc::Watch::Reply plugged;
    int version = 0; // of the plugged tokens
    std::vector<const Identity*> identities;
    std::optional<base::Error> refusal;
    bool held = false;
    int waiting = 0;
    int signatures = 0;
    ipc::Sign::Parameters last;
    std::vector<std::weak_ptr<const void>> decryptions; // the connections that asked for decryptions

    template <class Function>
    auto locked(Function function)
    {
        const std::lock_guard lock(mutex);
        changed.notify_all();
        return function(*this);
    }
};

struct FakeAgent::Loop {
    explicit Loop(const std::filesystem::path& socket, ipc::Handler handler)
        : server(ipc::Listener::open(socket).value(), std::move(handler))
    {
    }
    asio::io_context io;
    ipc::Server server;
    std::thread thread;
};

namespace {

ipc::Key wire_key(const std::string& label, const Identity& identity)
{
    const auto facts = mail::cms::read_certificate(identity.der()).value();
    ipc::Key key;
    key.id = facts.key;
    key.token_label = label;
    key.token_serial = label;
    key.certificate = identity.der();
    key.subject = facts.subject;
    key.algorithm = facts.algorithm;
    key.bits = facts.bits;
    key.addresses = facts.addresses;
    key.schemes = facts.schemes;
    if (facts.may_sign)
        key.usage.push_back(ipc::Usage::sign);
    if (facts.may_decrypt)
        key.usage.push_back(ipc::Usage::decrypt);
    return key;
}

asio::awaitable<void> moment()
{
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
}

template <class State>
asio::awaitable<Result<ipc::Reply>> watch(State& state, ipc::ReplyStream& stream)
{
    for (int told = -1;;) {
        auto [version, plugged] = state.locked([](auto& now) { return std::pair(now.version, now.plugged); });
        if (version != told) {
            ipc::Reply reply = std::move(plugged);
            CO_TRY(co_await stream.send(std::move(reply)));
            told = version;
        }
        co_await moment();
    }
}

// Counts a waiting call, also if its caller has gone.
template <class State>
class Waiting {
  public:
    explicit Waiting(State& state) : state_(state)
    {
        state_.locked([](auto& now) { ++now.waiting; });
    }
    ~Waiting()
    {
        state_.locked([](auto& now) { --now.waiting; });
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

  private:
    State& state_;
};

template <class State>
asio::awaitable<Result<ipc::Reply>> sign(State& state, const ipc::Sign::Parameters& request, ipc::ReplyStream& stream)
{
    const Waiting waiting(state);
    state.locked([&](auto& now) { now.last = request; });
    ipc::Reply progress = ipc::Sign::Reply{.signature = {}, .progress = ipc::Progress{.state = ipc::State::pin}};
    CO_TRY(co_await stream.send(std::move(progress)));
    while (state.locked([](auto& now) { return now.held; }))
        co_await moment();
    co_return state.locked([&](auto& now) -> Result<ipc::Reply> {
        if (now.refusal)
            return std::unexpected(*now.refusal);
        for (const Identity* identity : now.identities) {
            if (mail::cms::read_certificate(identity->der())->key != request.key)
                continue;
            ++now.signatures;
            return ipc::Reply(
                ipc::Sign::Reply{.signature = sign_digest(*identity, request.scheme, request.digest), .progress = {}});
        }
        return std::unexpected(base::key_not_found("no such key"));
    });
}

/// Returns the reply that `reply` makes with the key's holder.
template <class State>
asio::awaitable<Result<ipc::Reply>> decrypt_with(State& state, const ipc::Peer& peer, base::KeyId key,
                                                 std::function<ipc::Reply(const Identity&)> reply)
{
    const Waiting waiting(state);
    state.locked([&](auto& now) { now.decryptions.push_back(peer.connection); });
    while (state.locked([](auto& now) { return now.held; }))
        co_await moment();
    co_return state.locked([&](auto& now) -> Result<ipc::Reply> {
        if (now.refusal)
            return std::unexpected(*now.refusal);
        for (const Identity* identity : now.identities)
            if (mail::cms::read_certificate(identity->der())->key == key)
                return reply(*identity);
        return std::unexpected(base::key_not_found("no such key"));
    });
}

template <class State>
asio::awaitable<Result<ipc::Reply>> answer(State& state, const ipc::Peer& peer, ipc::Request request,
                                           ipc::ReplyStream& stream)
{
    // Returns the padding unchanged; tests/unit/agent_decrypt_test.cpp tests what the real agent makes of it.
    if (const auto* decryption = std::get_if<ipc::Decrypt::Parameters>(&request)) {
        const std::function<ipc::Reply(const Identity&)> reply = [&](const Identity& holder) {
            const base::Bytes encoded = decrypt_without_padding(holder, decryption->ciphertext);
            return ipc::Decrypt::Reply{.plaintext = base::ImplicitRejection::create()->decode(
                                           encoded, decryption->ciphertext, decryption->key),
                                       .progress = {}};
        };
        co_return co_await decrypt_with(state, peer, decryption->key, reply);
    }
    if (const auto* derivation = std::get_if<ipc::Derive::Parameters>(&request)) {
        const std::function<ipc::Reply(const Identity&)> reply = [&](const Identity& holder) {
            return ipc::Derive::Reply{.secret = derive(holder, derivation->public_key), .progress = {}};
        };
        co_return co_await decrypt_with(state, peer, derivation->key, reply);
    }
    if (std::holds_alternative<ipc::Watch::Parameters>(request))
        co_return co_await watch(state, stream);
    if (const auto* signing = std::get_if<ipc::Sign::Parameters>(&request))
        co_return co_await sign(state, *signing, stream);
    if (std::holds_alternative<ipc::DescribeContent::Parameters>(request))
        co_return ipc::Reply(ipc::DescribeContent::Reply{});
    const auto plugged = state.locked([](auto& now) { return now.plugged; });
    if (std::holds_alternative<ipc::ListTokens::Parameters>(request))
        co_return ipc::Reply(ipc::ListTokens::Reply{.tokens = plugged.tokens});
    co_return ipc::Reply(ipc::ListKeys::Reply{.keys = plugged.keys});
}

} // namespace

FakeAgent::FakeAgent() : state_(std::make_shared<State>())
{
    ::setenv("SCEAU_SOCKET", socket().c_str(), 1);
    start();
}

FakeAgent::~FakeAgent()
{
    stop();
}

void FakeAgent::start()
{
    loop_ = std::make_unique<Loop>(
        socket(), [state = state_](const ipc::Peer& peer, ipc::Request request, ipc::ReplyStream& stream) {
            return answer(*state, peer, std::move(request), stream);
        });
    asio::co_spawn(loop_->io, loop_->server.run(), asio::detached);
    loop_->thread = std::thread([this] { loop_->io.run(); });
}

void FakeAgent::stop()
{
    if (!loop_)
        return;
    asio::post(loop_->io, [this] { loop_->server.stop(); });
    loop_->thread.join();
    loop_.reset();
    std::filesystem::remove(socket());
}

void FakeAgent::plug(const std::string& label, const std::vector<const Identity*>& keys,
                     const std::vector<base::Bytes>& cka_ids)
{
    state_->locked([&](State& now) {
        now.plugged.tokens.push_back({.label = label,
                                      .serial = label,
                                      .manufacturer = "Test",
                                      .model = "Fake",
                                      .reader = "Reader",
                                      .module = "/module.so",
                                      .pin = {}});
        for (std::size_t i = 0; i < keys.size(); ++i) {
            ipc::Key& key = now.plugged.keys.emplace_back(wire_key(label, *keys[i]));
            if (i < cka_ids.size())
                key.cka_id = cka_ids[i];
            now.identities.push_back(keys[i]);
        }
        return ++now.version;
    });
}

void FakeAgent::pull(const std::string& label)
{
    state_->locked([&](State& now) {
        std::erase_if(now.plugged.tokens, [&](const ipc::Token& token) { return token.label == label; });
        std::erase_if(now.plugged.keys, [&](const ipc::Key& key) { return key.token_label == label; });
        return ++now.version;
    });
}

void FakeAgent::tell_issuers(const std::vector<base::Bytes>& chain, const std::optional<std::string>& missing)
{
    state_->locked([&](State& now) {
        for (ipc::Key& key : now.plugged.keys) {
            key.chain = chain;
            key.missing_issuer = missing;
        }
        return ++now.version;
    });
}

void FakeAgent::refuse(std::optional<base::Error> error)
{
    state_->locked([&](State& now) { now.refusal = std::move(error); });
}

void FakeAgent::hold()
{
    state_->locked([](State& now) { now.held = true; });
}

void FakeAgent::release()
{
    state_->locked([](State& now) { now.held = false; });
}

void FakeAgent::wait_for_held(int count) const
{
    std::unique_lock lock(state_->mutex);
    if (!state_->changed.wait_for(lock, std::chrono::minutes(1), [&] { return state_->waiting >= count; }))
        throw std::runtime_error("nobody asks for a signature");
}

int FakeAgent::signatures() const
{
    return state_->locked([](State& now) { return now.signatures; });
}

std::vector<std::weak_ptr<const void>> FakeAgent::decryptions() const
{
    return state_->locked([](State& now) { return now.decryptions; });
}

ipc::Sign::Parameters FakeAgent::last_request() const
{
    return state_->locked([](State& now) { return now.last; });
}

} // namespace sceau::test
