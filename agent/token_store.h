// The seam between the agent's policy and the tokens: WorkerStore has the real ones behind it, tests put one in memory
// there. tests/contract holds both to the same promises.
#pragma once

#include "pkcs11/worker.h"

#include <asio/awaitable.hpp>

#include <memory>
#include <vector>

namespace sceau::agent {

/// A signature under way: one worker, at most one login.
class Signing {
  public:
    virtual ~Signing() = default;

    /// Once the token is found and takes a PIN. `token_absent`, `token_failed`, `timed_out` otherwise.
    virtual asio::awaitable<base::Result<pkcs11::PinState>> ready() = 0;

    /// After ready(), at most once. The signature (ECDSA: DER) is not verified yet. `pin_incorrect`, `pin_locked`,
    /// `key_not_found`, `unsupported`, `token_failed`, `timed_out` otherwise.
    virtual asio::awaitable<base::Result<base::Bytes>> sign(const base::Secret& pin) = 0;

    /// After sign(): until the token is left alone again, which for a card takes longer than the signature. Destroying
    /// the object instead leaves it at once, by force.
    virtual asio::awaitable<base::Result<>> leave() = 0;
};

struct FoundToken {
    std::size_t module = 0; // its place in the configuration
    pkcs11::Token token;
};

class TokenStore {
  public:
    virtual ~TokenStore() = default;

    /// Every token of every module; a module that fails is left out, and said so in the log.
    virtual asio::awaitable<base::Result<std::vector<FoundToken>>> discover() = 0;

    virtual base::Result<std::unique_ptr<Signing>> start_signing(std::size_t module, pkcs11::SignTask task) = 0;
};

} // namespace sceau::agent
