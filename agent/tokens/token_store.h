// The seam between the agent's policy and the tokens: WorkerStore has the real ones behind it, tests put one in memory
// there. tests/contract holds both to the same promises.
#pragma once

#include "agent/wait.h"
#include "ipc/messages.h"
#include "pkcs11/worker.h"

#include <asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace sceau::agent {

/// One use of a key: one worker, at most one login.
class KeyUse {
  public:
    virtual ~KeyUse() = default;

    /// Once the token is found and takes a PIN. At the deadline `busy`, naming the programs, when others use
    /// smartcards, else `timed_out`: both may be asked again. `token_absent`, also when it is pulled out, and
    /// `token_failed` are final.
    virtual asio::awaitable<base::Result<pkcs11::PinState>> ready(Clock::time_point deadline) = 0;

    /// After ready(), at most once; an empty PIN is typed at the reader. The output is the operation's
    /// (pkcs11/worker.h). `pin_incorrect`, `pin_locked`, `key_not_found`, `unsupported`, `token_failed`,
    /// `token_absent`, `busy`, `timed_out`, and `cancelled` (at the reader, too) otherwise.
    virtual asio::awaitable<base::Result<base::Bytes>> perform(const base::Secret& pin, Clock::time_point deadline) = 0;

    /// After perform(), whatever became of it: until nobody is logged in to the token any more, for which a card is
    /// reset. An error means that this could not be made sure of; ready() will see to it first. Destroying the object
    /// instead is for the agent's own end only.
    virtual asio::awaitable<base::Result<>> leave() = 0;
};

struct FoundToken {
    std::size_t module = 0; // its place in the configuration
    pkcs11::Token token;

    friend bool operator==(const FoundToken&, const FoundToken&) = default;
};

/// Who a token is while it is plugged in: what it says of itself, and where it is.
struct TokenId : pkcs11::TokenIdentity {
    std::string reader;                // Token::reader
    std::optional<std::size_t> module; // of a token that is no card: a card is the same one through any module

    friend auto operator<=>(const TokenId&, const TokenId&) = default;
};

inline TokenId id_of(const FoundToken& found)
{
    const pkcs11::Token& token = found.token;
    return {token.identity, token.reader, token.removable ? std::nullopt : std::optional(found.module)};
}

class TokenStore {
  public:
    virtual ~TokenStore() = default;

    /// Learns of cards that come and go, until it is cancelled. Without it each discover() asks every token.
    virtual asio::awaitable<void> follow() = 0;
    /// A card came or went.
    virtual Event& changed() = 0;
    /// False as soon as it is known that the token was pulled out since discover() found it.
    virtual bool is_there(const FoundToken& found) const = 0;

    /// Every token of every module, the modules asked side by side. Tokens in readers in which nothing changed are
    /// asked again now and then only; so are modules that failed, unless a card came or went. One that takes long is
    /// not waited for where others have tokens to show, or when it failed before: what it finds is changed() then. Of a
    /// module that fails, what it showed before stays.
    virtual asio::awaitable<base::Result<std::vector<FoundToken>>> discover() = 0;
    /// False while a module that was not waited for may still find something.
    virtual bool is_complete() const = 0;
    /// What keeps tokens from being found, as far as it is known.
    virtual std::vector<ipc::Obstacle> obstacles() const = 0;

    /// What is known may be out of date, though nothing came or went: the next discover() asks every token.
    virtual void look_again() = 0;

    /// The store knows itself whether the token's slot is a reader.
    virtual std::unique_ptr<KeyUse> start(std::size_t module, pkcs11::KeyTask task) = 0;
};

} // namespace sceau::agent
