// Who knows which tokens and keys there are, and waits for one that is missing. What is known changes whenever a
// coroutine waits: a key that a caller goes on with is a copy.
#pragma once

#include "agent/tokens/inventory.h"
#include "agent/wait.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace sceau::agent {

class TokenDirectory {
  public:
    TokenDirectory(std::unique_ptr<TokenStore> tokens, IssuerSources issuers)
        : tokens_(std::move(tokens)), issuers_(std::move(issuers))
    {
    }

    /// Learns of tokens that come and go, until it is cancelled.
    asio::awaitable<void> follow() { return tokens_->follow(); }
    /// Looks what tokens there are, waits until one comes or goes (or for a while), and returns those that went.
    /// `cancelled` ends the following; a look that failed is logged.
    asio::awaitable<base::Result<std::vector<TokenId>>> look_and_wait();

    /// Looks what tokens there are.
    asio::awaitable<base::Result<>> discover();
    /// The same, and asks every token.
    asio::awaitable<base::Result<>> discover_afresh();

    const Inventory& inventory() const { return inventory_; }
    /// Every key seen since the start, of tokens that are not plugged in, too.
    const std::map<base::KeyId, Key>& known() const { return known_; }
    std::vector<ipc::Obstacle> obstacles() const { return tokens_->obstacles(); }
    /// The inventory or what is known of its keys has changed.
    Event& changed() { return changed_; }

    /// A key that was seen, and may be waited for. None while a module has not told yet what it has; `key_not_found`
    /// when all have.
    base::Result<std::optional<Key>> expected(const base::KeyId& id) const;
    /// Until the key can be used. `token_absent` at the deadline.
    asio::awaitable<base::Result<>> until_there(base::KeyId id, Purpose purpose, Clock::time_point deadline);
    /// One round of until_there(): once something has changed, or after a while.
    asio::awaitable<base::Result<>> look_again(Clock::time_point deadline);
    asio::awaitable<base::Result<>> until_pulled(TokenId token);

    /// What a login has shown of a key's private half. That holds until the token goes, or shows other objects.
    void note_private_key(const Key& key, bool is_there);

    /// A worker for one use of the key. The operation is copied.
    std::unique_ptr<KeyUse> start(const Key& key, const pkcs11::Operation& operation);
    /// One worker a token at a time.
    Queue& queue_at(const TokenId& token) { return queues_[token]; }

  private:
    std::vector<TokenId> drop_pulled();

    std::unique_ptr<TokenStore> tokens_;
    IssuerStore issuers_;
    Inventory inventory_;
    std::set<std::pair<TokenId, base::KeyId>> missing_; // on tokens of the inventory, which have the certificate only
    std::map<base::KeyId, Key> known_;
    Event changed_;
    std::map<TokenId, Queue> queues_;
};

} // namespace sceau::agent
