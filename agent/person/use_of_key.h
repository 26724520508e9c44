// One use of a key for one request: waits for its token, and asks the person until the key was used or refused. After a
// wrong PIN, and when the token goes before a PIN was sent, it asks again, each time with a worker of its own; another
// token that has the same key serves as well.
#pragma once

#include "agent/person/pin_entry.h"

#include <optional>

namespace sceau::agent {

class UseOfKey {
  public:
    /// What each use needs of the agent.
    struct Means {
        const Config& config;
        TokenDirectory& tokens;
        Policy& policy;
        PinEntry& person;
    };

    /// The wish and the stream outlive it.
    UseOfKey(Means means, const Wish& wish, ipc::ReplyStream& stream);

    /// Waits for the key's token where it is not plugged in. `key_not_found` when no token that was seen has the key,
    /// `token_absent` when it does not come in time, `not_permitted` when its certificate does not allow the operation.
    asio::awaitable<base::Result<>> find_key();
    /// The key that was found, or used.
    const Key& key() const { return key_; }

    /// The operation's output (pkcs11/worker.h). Errors are those of TokenDirectory, PinEntry and KeyUse;
    /// `pin_incorrect` when the person gives up after a wrong PIN.
    asio::awaitable<base::Result<base::Bytes>> perform();

  private:
    const Key* there() const { return means_.tokens.inventory().find(wish_.key, purpose_); }
    asio::awaitable<base::Result<>> learn_where_to_ask();
    asio::awaitable<base::Result<>> take_turn();
    /// A worker that waits for the PIN.
    asio::awaitable<base::Result<>> make_ready();
    asio::awaitable<base::Result<pkcs11::PinState>> ready(KeyUse& worker);
    /// A PIN to be sent, an empty one where it is typed at the reader. None: what was typed is not to be sent.
    asio::awaitable<base::Result<std::optional<base::Secret>>> ask();
    /// What went wrong before a PIN was sent, unless it can be asked again all the same.
    asio::awaitable<base::Result<>> go_on_after(base::Error error);
    asio::awaitable<base::Result<base::Bytes>> send(const base::Secret& pin);
    /// The answer need not wait until the token is left; the next request must.
    asio::awaitable<void> leave_behind();
    Clock::time_point module_deadline() const;

    Means means_;
    const Wish& wish_;
    ipc::ReplyStream& stream_;
    const Purpose purpose_;

    Key key_;
    std::optional<Prompting> prompting_; // of key_, whichever that is
    std::optional<Queue::Turn> turn_;    // at the key's token
    std::optional<Enlisted> enlisted_;
    std::unique_ptr<KeyUse> worker_;
    pkcs11::PinState state_;
    PinHistory history_;
    std::optional<base::Secret> unlikely_; // the PIN that was typed last, where the token does not expect its length
    bool was_refused_ = false;             // a PIN of this request
    int absences_ = 0;
};

} // namespace sceau::agent
