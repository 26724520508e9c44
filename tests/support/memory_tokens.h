// The fake behind the agent's seam: tokens in memory, whose keys OpenSSL has. tests/contract holds it and the real
// store to the same promises, so that it cannot drift from what tokens do.
#pragma once

#include "agent/token_store.h"

#include <openssl/evp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace sceau::tests {

struct MemoryKey {
    base::Bytes cka_id;
    base::Bytes certificate; // DER
    std::shared_ptr<EVP_PKEY> private_key;
};

struct MemoryToken {
    pkcs11::TokenIdentity identity;
    std::string pin;
    unsigned tries_left = 3;
    bool pulled = false;
    std::vector<MemoryKey> keys;
    std::vector<base::Bytes> authorities; // DER, without a key

    // What happened to it.
    unsigned logins = 0;
    unsigned workers = 0;
    unsigned workers_now = 0;
    unsigned workers_at_most = 0;
};

class MemoryTokens final : public agent::TokenStore {
  public:
    explicit MemoryTokens(std::vector<std::shared_ptr<MemoryToken>> tokens) : tokens_(std::move(tokens)) {}

    /// Spoils the next signature, when it is set.
    std::function<void(base::Bytes&)> spoil;
    unsigned discoveries = 0;

    asio::awaitable<base::Result<std::vector<agent::FoundToken>>> discover() override;
    base::Result<std::unique_ptr<agent::Signing>> start_signing(std::size_t module, pkcs11::SignTask task) override;

  private:
    std::vector<std::shared_ptr<MemoryToken>> tokens_;
};

std::shared_ptr<EVP_PKEY> p256_key();

/// A self-signed certificate for the key, valid for a year, with the address and the key usage digitalSignature; DER.
base::Bytes self_signed_certificate(EVP_PKEY* key, const std::string& name, const std::string& address);

/// A token with one P-256 key, whose certificate is self-signed.
std::shared_ptr<MemoryToken> memory_token(const std::string& label, const std::string& address,
                                          const std::string& pin = "123456");

} // namespace sceau::tests
