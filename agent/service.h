// The agent's heart: what is done for each request. One request is one coroutine that reads from top to bottom: who
// asks, what is signed, with which key, the person's PIN, the token, the answer.
#pragma once

#include "agent/config.h"
#include "agent/content/evidence.h"
#include "agent/person/pin_entry.h"
#include "agent/policy.h"
#include "agent/requests/kept_results.h"
#include "agent/tokens/inventory.h"
#include "agent/wait.h"
#include "base/rsa_encoding.h"
#include "ipc/server.h"

#include <map>
#include <memory>
#include <set>

namespace sceau::agent {

class Service {
  public:
    static base::Result<std::unique_ptr<Service>> create(Config config, std::unique_ptr<TokenStore> tokens);

    /// The one entry: answers a request of the wire. A reply's progress goes through the stream.
    asio::awaitable<base::Result<ipc::Reply>> handle(const ipc::Peer& peer, ipc::Request request,
                                                     ipc::ReplyStream& stream);
    asio::awaitable<base::Result<ipc::Reply>> decrypt(const ipc::Peer& peer, const ipc::Decrypt::Parameters& request,
                                                      ipc::ReplyStream& stream);
    asio::awaitable<base::Result<ipc::Reply>> derive(const ipc::Peer& peer, const ipc::Derive::Parameters& request,
                                                     ipc::ReplyStream& stream);

    /// Who wants what done, and where the person may be asked.
    struct Use {
        const ipc::Peer& peer;
        const pkcs11::Operation& operation;
        const std::optional<ipc::Terminal>& terminal;
        const std::optional<std::string>& locale;
        const mail::cms::SignedAttributes* attributes = nullptr; // of a signature, where they are known
    };
    using Check = std::function<base::Result<>(const Key&)>;
    using Decode = std::function<base::Result<base::Bytes>(base::Bytes)>;
    /// Decrypt and Derive: `check` is asked before the person, `decode` makes the result of the token's output.
    asio::awaitable<base::Result<base::Bytes>> decrypt_once(const Use& use, const base::KeyId& id, const Check& check,
                                                            const Decode& decode, ipc::ReplyStream& stream);

    /// Looks what tokens there are, and again whenever one comes or goes, until it is cancelled.
    asio::awaitable<void> follow_tokens();

  private:
    struct Asked; // a worker that waits, and the PIN for it
    Service(Config config, std::unique_ptr<TokenStore> tokens, RefusedPins refused,
            const base::ImplicitRejection& rejection);

    asio::awaitable<base::Result<ipc::Reply>> list_tokens(const ipc::ListTokens::Parameters& wanted);
    asio::awaitable<base::Result<ipc::Reply>> list_keys(const ipc::ListKeys::Parameters& wanted);
    asio::awaitable<base::Result<ipc::Reply>> watch(ipc::ReplyStream& stream);
    /// The methods that need a PIN, of one program at most so many at a time. (Each connection has one.)
    static constexpr std::size_t kMostOfOneProgram = 128;
    base::Result<std::shared_ptr<const void>> place_for(const std::string& program);
    asio::awaitable<base::Result<ipc::Reply>> use_for(const ipc::Peer& peer, const ipc::Request& request,
                                                      ipc::ReplyStream& stream);
    asio::awaitable<base::Result<ipc::Reply>> sign(const ipc::Peer& peer, const ipc::Sign::Parameters& request,
                                                   ipc::ReplyStream& stream);

    /// Looks what tokens there are.
    asio::awaitable<base::Result<>> discover();
    /// The same, and asks every token.
    asio::awaitable<base::Result<>> discover_afresh();
    void drop_pulled_tokens();
    /// What a login has shown of a key's private half. That holds until the token goes, or shows other objects.
    void note_private_key(const Key& key, bool is_there);

    /// Whether the same key is to be had otherwise than this one, which is not where it was.
    asio::awaitable<base::Result<bool>> is_elsewhere(const Key& key, Purpose purpose);
    asio::awaitable<base::Result<Key>> find_key(const Use& use, const base::KeyId& id, Purpose purpose,
                                                ipc::ReplyStream& stream);
    asio::awaitable<base::Result<>> until_there(const base::KeyId& id, Purpose purpose, Clock::time_point deadline);
    /// Once something has changed, or after a while. `token_absent` at the deadline.
    asio::awaitable<base::Result<>> look_again(Clock::time_point deadline);
    asio::awaitable<base::Result<Prompting>> prompting_for(const Use& use, const Key& key);
    asio::awaitable<base::Result<Queue::Turn>> turn_at(const Use& use, const Key& key, ipc::ReplyStream& stream);
    /// `is_answered` is asked when the request's turn has come: then there is nothing to do, and no output.
    asio::awaitable<base::Result<base::Bytes>> use_key(const Use& use, Key key, ipc::ReplyStream& stream,
                                                       const std::function<bool()>& is_answered = {});
    asio::awaitable<base::Result<Asked>> ask(const Prompting& prompting, const PinHistory& history,
                                             ipc::ReplyStream& stream);
    asio::awaitable<base::Result<pkcs11::PinState>> ready(KeyUse& use, const Key& key, ipc::ReplyStream& stream);
    asio::awaitable<base::Result<base::Bytes>> perform(const Prompting& prompting, Asked& asked,
                                                       ipc::ReplyStream& stream);
    asio::awaitable<base::Result<>> until_pulled(TokenId token);
    Clock::time_point module_deadline(const Key& key) const;

    Config config_;
    std::unique_ptr<TokenStore> tokens_;
    Policy policy_;
    PinEntry pins_;
    base::ImplicitRejection rejection_;
    std::shared_ptr<KeptResults> results_ = std::make_shared<KeptResults>();

    IssuerStore issuers_;
    Inventory inventory_;
    std::set<std::pair<TokenId, base::KeyId>> missing_; // on tokens of the inventory, which have the certificate only
    std::map<base::KeyId, Key> known_;                  // every key seen since the start: its token may be waited for
    Event inventory_changed_;

    std::map<TokenId, Queue> token_queues_;                     // one worker a token at a time
    std::map<std::string, std::weak_ptr<const void>> programs_; // shared by the requests of each that need a PIN
};

} // namespace sceau::agent
