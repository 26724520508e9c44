// The agent's heart: what is done for each request. One request is one coroutine that reads from top to bottom: who
// asks, what is signed, with which key, the person's PIN, the token, the answer.
#pragma once

#include "agent/config.h"
#include "agent/inventory.h"
#include "agent/pin_entry.h"
#include "agent/policy.h"
#include "agent/wait.h"
#include "ipc/server.h"

#include <map>
#include <memory>

namespace sceau::agent {

class Service {
  public:
    static base::Result<std::unique_ptr<Service>> create(Config config, std::unique_ptr<TokenStore> tokens);

    /// The one entry: answers a request of the wire. A reply's progress goes through the stream.
    asio::awaitable<base::Result<ipc::Reply>> handle(const ipc::Peer& peer, ipc::Request request,
                                                     ipc::ReplyStream& stream);

    /// Looks what tokens there are, and again whenever one comes or goes, until it is cancelled.
    asio::awaitable<void> follow_tokens();

  private:
    struct Asked; // a worker that waits, and the PIN for it
    Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused);

    asio::awaitable<base::Result<ipc::Reply>> list_tokens();
    asio::awaitable<base::Result<ipc::Reply>> list_keys(const ipc::ListKeys::Parameters& wanted);
    asio::awaitable<base::Result<ipc::Reply>> watch(ipc::ReplyStream& stream);
    asio::awaitable<base::Result<ipc::Reply>> sign(const ipc::Peer& peer, const ipc::Sign::Parameters& request,
                                                   ipc::ReplyStream& stream);

    /// Looks what tokens there are. Requests that come while it looks wait for the same answer.
    asio::awaitable<base::Result<>> discover();
    void drop_pulled_tokens();

    asio::awaitable<base::Result<Key>> find_key(const base::KeyId& id, ipc::ReplyStream& stream);
    Prompting prompting_for(const ipc::Peer& peer, const ipc::Sign::Parameters& request, const Key& key,
                            const base::Digest& digest);
    asio::awaitable<base::Result<Queue::Turn>> turn_at(const Key& key, ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Bytes>> sign_with_token(const ipc::Peer& peer,
                                                               const ipc::Sign::Parameters& request, Key key,
                                                               const base::Digest& digest, ipc::ReplyStream& stream);
    asio::awaitable<base::Result<Asked>> ask(const Prompting& prompting, const PinHistory& history,
                                             ipc::ReplyStream& stream);
    asio::awaitable<base::Result<pkcs11::PinState>> ready(Signing& signing, const Key& key, ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Bytes>> sign_asked(const Prompting& prompting, Asked& asked,
                                                          ipc::ReplyStream& stream);
    asio::awaitable<base::Result<>> until_pulled(pkcs11::TokenIdentity token);
    Clock::time_point module_deadline(const Key& key) const;

    Config config_;
    std::unique_ptr<TokenStore> tokens_;
    Policy policy_;
    PinEntry pins_;

    Inventory inventory_;
    std::map<base::KeyId, Key> known_; // every key seen since the start: its token may be waited for
    Event inventory_changed_;
    Queue discovery_;
    unsigned discoveries_ = 0;

    std::map<pkcs11::TokenIdentity, Queue> token_queues_; // one worker a token at a time
};

} // namespace sceau::agent
