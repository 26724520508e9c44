// Knows which tokens and keys exist, and waits for one that is missing. This knowledge changes whenever a coroutine
// waits, so a caller keeps a copy of the key that it works with.
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

    /// Follows tokens that are plugged in and removed, until it is cancelled.
    asio::awaitable<void> follow() { return tokens_->follow(); }
    /// Discovers the tokens, waits until one is plugged in or removed (or for a while), and returns the removed ones.
    /// Fails only with `cancelled`; a discovery that failed is logged.
    asio::awaitable<base::Result<std::vector<TokenId>>> look_and_wait();

    /// Discovers the tokens.
    asio::awaitable<base::Result<>> discover();
    /// Discovers the tokens, asking every one again.
    asio::awaitable<base::Result<>> discover_afresh();

    const Inventory& inventory() const { return inventory_; }
    /// Every key seen since the start, including those of tokens that are not plugged in.
    const std::map<base::KeyId, Key>& known() const { return known_; }
    std::vector<ipc::Obstacle> obstacles() const { return tokens_->obstacles(); }
    /// Notified when the inventory or what is known of its keys has changed.
    Event& changed() { return changed_; }

    /// Returns a key that was seen before and can be waited for. Returns nothing while a module has not yet said what
    /// it has; fails with `key_not_found` once all have.
    base::Result<std::optional<Key>> expected(const base::KeyId& id) const;
    /// Waits until the key can be used. Fails with `token_absent` at the deadline.
    asio::awaitable<base::Result<>> until_there(base::KeyId id, Purpose purpose, Clock::time_point deadline);
    /// One round of until_there(): waits for a change, or for a while.
    asio::awaitable<base::Result<>> look_again(Clock::time_point deadline);
    asio::awaitable<base::Result<>> until_pulled(TokenId token);

    /// Records what a login has shown about a key's private half. It holds until the token is removed or shows other
    /// objects.
    void note_private_key(const Key& key, bool is_there);

    /// Starts a worker for one use of the key. The operation is copied.
    std::unique_ptr<KeyUse> start(const Key& key, const pkcs11::Operation& operation);
    /// The queue in which requests wait for a token; each token has one worker at a time.
    Queue& queue_at(const TokenId& token) { return queues_[token]; }

  private:
    std::vector<TokenId> drop_pulled();

    std::unique_ptr<TokenStore> tokens_;
    IssuerStore issuers_;
    Inventory inventory_;
    // Keys of which a token of the inventory has only the certificate.
    std::set<std::pair<TokenId, base::KeyId>> missing_;
    std::map<base::KeyId, Key> known_;
    Event changed_;
    std::map<TokenId, Queue> queues_;
};

} // namespace sceau::agent
