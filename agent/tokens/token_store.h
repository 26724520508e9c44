// The interface between the agent's policy and the tokens. WorkerStore uses the real ones; tests use tokens in memory.
// tests/contract holds both to the same promises.
#pragma once

#include "agent/wait.h"
#include "ipc/messages.h"
#include "pkcs11/worker.h"

#include <asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace sceau::agent {

/// One use of a key: one worker and at most one login.
class KeyUse {
  public:
    virtual ~KeyUse() = default;

    /// Waits until the token has been found and accepts a PIN. At the deadline it fails with `busy`, naming the
    /// programs, if others use smartcards, otherwise with `timed_out`; ready() may be called again after both.
    /// `token_absent` (also when the token is pulled out) and `token_failed` are final.
    virtual asio::awaitable<base::Result<pkcs11::PinState>> ready(Clock::time_point deadline) = 0;

    /// May be called once, after ready(). An empty PIN means that it is typed at the reader. Returns the operation's
    /// output (pkcs11/worker.h) or fails with `pin_incorrect`, `pin_locked`, `key_not_found`, `unsupported`,
    /// `token_failed`, `token_absent`, `busy`, `timed_out` or `cancelled` (possibly at the reader).
    virtual asio::awaitable<base::Result<base::Bytes>> perform(const base::Secret& pin, Clock::time_point deadline) = 0;

    /// Called after perform(), whatever its result. Waits until nobody is logged in to the token any more; a card is
    /// reset for that. An error means that this is not certain; the next ready() will try again first. Only when the
    /// agent itself ends may the object be destroyed instead.
    virtual asio::awaitable<base::Result<>> leave() = 0;
};

struct FoundToken {
    std::size_t module = 0; // index in the configuration
    pkcs11::Token token;

    friend bool operator==(const FoundToken&, const FoundToken&) = default;
};

/// Identifies a token while it is plugged in: what it says of itself, and where it is.
struct TokenId : pkcs11::TokenIdentity {
    std::string reader;                // Token::reader
    std::optional<std::size_t> module; // if the token is not a card; a card is the same through any module

    friend auto operator<=>(const TokenId&, const TokenId&) = default;
};

inline TokenId id_of(const FoundToken& found)
{
    const pkcs11::Token& token = found.token;
    return {token.identity, token.reader, token.removable ? std::nullopt : std::optional(found.module)};
}

/// What a request fails with when its token is pulled out while it is used.
inline base::Error pulled_out()
{
    return base::token_absent("the token was pulled out");
}

class TokenStore {
  public:
    virtual ~TokenStore() = default;

    /// Follows cards that come and go, until it is cancelled. Without it each discover() asks every token.
    virtual asio::awaitable<void> follow() = 0;
    /// Notified when a card came or went.
    virtual Event& changed() = 0;
    /// Returns false as soon as it is known that the token was pulled out after discover() found it.
    virtual bool is_there(const FoundToken& found) const = 0;

    /// Returns every token of every module; the modules are asked in parallel. Tokens in readers without changes are
    /// asked again only now and then, and so are modules that failed, unless a card came or went. A module that takes
    /// long is not waited for if others have tokens to show or if it failed before; changed() is notified of what it
    /// finds. If a module fails, the tokens that it showed before remain.
    virtual asio::awaitable<base::Result<std::vector<FoundToken>>> discover() = 0;
    /// Returns false while a module that was not waited for may still find something.
    virtual bool is_complete() const = 0;
    /// Returns what keeps tokens from being found, as far as it is known.
    virtual std::vector<ipc::Obstacle> obstacles() const = 0;

    /// Marks what is known as possibly out of date although nothing came or went: the next discover() asks every token.
    virtual void look_again() = 0;

    /// The store itself knows whether the token's slot is a reader.
    virtual std::unique_ptr<KeyUse> start(std::size_t module, pkcs11::KeyTask task) = 0;
};

} // namespace sceau::agent
