// The agent's heart: what is done for each request. One request is one coroutine that reads from top to bottom: who
// asks, what is signed, with which key, the person's PIN, the token, the answer.
#pragma once

#include "agent/config.h"
#include "agent/inventory.h"
#include "agent/pinentry.h"
#include "agent/policy.h"
#include "agent/refused_pins.h"
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

    /// Looks what tokens there are. Requests that come while it looks wait for the same answer.
    asio::awaitable<base::Result<>> discover();

  private:
    struct Prompting; // what one request's prompts need
    Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused);

    asio::awaitable<base::Result<ipc::Reply>> list_tokens();
    asio::awaitable<base::Result<ipc::Reply>> list_keys(const ipc::ListKeys::Parameters& wanted);
    asio::awaitable<base::Result<ipc::Reply>> watch(ipc::ReplyStream& stream);
    asio::awaitable<base::Result<ipc::Reply>> sign(const ipc::Peer& peer, const ipc::Sign::Parameters& request,
                                                   ipc::ReplyStream& stream);

    std::size_t waiting_requests() const; // prompts open or to come

    asio::awaitable<base::Result<Key>> find_key(const base::KeyId& id, ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Bytes>> sign_with_token(const Key& key, const Prompting& prompting,
                                                               ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Secret>> ask_pin(const Prompting& prompting, const pkcs11::PinState& state,
                                                        PinProblem problem, std::optional<unsigned> tries_left,
                                                        ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Secret>> ask_usable_pin(const Prompting& prompting,
                                                               const pkcs11::PinState& state, PinProblem problem,
                                                               std::optional<unsigned> tries_left,
                                                               ipc::ReplyStream& stream);

    Config config_;
    std::unique_ptr<TokenStore> tokens_;
    Policy policy_;
    RefusedPins refused_pins_;

    Inventory inventory_;
    std::map<base::KeyId, Key> known_; // every key seen since the start: its token may be waited for
    Event inventory_changed_;
    Queue discovery_;
    unsigned discoveries_ = 0;

    Queue prompts_;                                       // one dialog at a time
    std::map<pkcs11::TokenIdentity, Queue> token_queues_; // one worker a token at a time
};

} // namespace sceau::agent
