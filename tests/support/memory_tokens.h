// The fake behind the agent's interface to tokens: tokens in memory whose keys are OpenSSL's. tests/contract holds it
// and the real store to the same promises, so that it does not drift from what tokens do.
#pragma once

#include "agent/tokens/token_store.h"
#include "tests/support/pki.h"

#include <functional>
#include <memory>
#include <string>

namespace sceau::test {

struct MemoryKey {
    base::Bytes cka_id;
    std::shared_ptr<Identity> holder;
    bool missing = false;   // the token has only the certificate
    std::string label = {}; // the token has only the public key, with this label, and no certificate
};

struct MemoryToken {
    pkcs11::TokenIdentity identity;
    std::string reader = "memory";
    std::string pin;
    unsigned tries_left = 3;
    bool pulled = false;
    bool pad = false;                           // the PIN is typed at the reader
    unsigned shortest_pin = 0, longest_pin = 0; // as the token says; 0 if it does not
    bool slow = false;                          // signs only when it is cancelled
    bool silent = false;                        // does not tell how many tries are left
    std::string held_by;                        // another program that holds the card
    std::vector<MemoryKey> keys;
    std::vector<base::Bytes> authorities; // DER; their keys are not on the token

    // What happened to the token:
    unsigned logins = 0;
    unsigned workers = 0;
    unsigned workers_now = 0;
    unsigned workers_at_most = 0;
    std::function<void()> on_ready; // called when a worker is ready
};

class MemoryTokens final : public agent::TokenStore {
  public:
    explicit MemoryTokens(std::vector<std::shared_ptr<MemoryToken>> tokens) : tokens_(std::move(tokens)) {}

    /// If set, alters the next signature.
    std::function<void(base::Bytes&)> spoil;
    unsigned discoveries = 0;
    unsigned looks_wanted = 0;

    asio::awaitable<void> follow() override;
    agent::Event& changed() override { return changed_; }
    bool is_there(const agent::FoundToken& found) const override;
    asio::awaitable<base::Result<std::vector<agent::FoundToken>>> discover() override;
    void look_again() override { ++looks_wanted; }
    bool is_complete() const override { return true; }
    std::vector<ipc::Obstacle> obstacles() const override { return {}; }
    std::unique_ptr<agent::KeyUse> start(std::size_t module, pkcs11::KeyTask task) override;

  private:
    std::vector<std::shared_ptr<MemoryToken>>::const_iterator find(const pkcs11::TokenIdentity& identity,
                                                                   const std::string& reader) const;

    std::vector<std::shared_ptr<MemoryToken>> tokens_;
    agent::Event changed_;
};

/// A token with one key, P-256 unless another one is given, whose certificate is self-signed.
std::shared_ptr<MemoryToken> memory_token(const std::string& label, const std::string& address,
                                          const std::string& pin = "123456", mail::cms::EvpPkeyPtr key = {},
                                          const std::string& key_usage = "critical,digitalSignature");

} // namespace sceau::test
