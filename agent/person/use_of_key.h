// One use of a key for one request. It waits for the key's token and asks the person until the key was used or refused.
// It asks again after a wrong PIN, and when the token is removed before a PIN was sent, each time with a new worker.
// Another token that has the same key serves as well.
#pragma once

#include "agent/person/pin_entry.h"

#include <optional>

namespace sceau::agent {

class UseOfKey {
  public:
    /// The parts of the agent that each use needs.
    struct Means {
        const Config& config;
        TokenDirectory& tokens;
        Policy& policy;
        PinEntry& person;
    };

    /// The wish and the stream must outlive this object.
    UseOfKey(Means means, const Wish& wish, ipc::ReplyStream& stream);

    /// Waits for the key's token if it is not plugged in. Fails with `key_not_found` if no token seen so far has the
    /// key, `token_absent` if the token does not come in time, and `not_permitted` if the certificate does not allow
    /// the operation.
    asio::awaitable<base::Result<>> find_key();
    /// The key that was found, or used.
    const Key& key() const { return key_; }
    /// Returns the person's language, once the key is found.
    asio::awaitable<base::Result<base::Language>> language();

    /// Returns the operation's output (pkcs11/worker.h). Fails as TokenDirectory, PinEntry and KeyUse do, and with
    /// `pin_incorrect` when the person gives up after a wrong PIN.
    asio::awaitable<base::Result<base::Bytes>> perform();

  private:
    const Key* there() const { return means_.tokens.inventory().find(wish_.key, purpose_); }
    asio::awaitable<base::Result<>> learn_where_to_ask();
    asio::awaitable<base::Result<>> take_turn();
    /// Starts a worker and waits until it is ready for the PIN.
    asio::awaitable<base::Result<>> make_ready();
    asio::awaitable<base::Result<pkcs11::PinState>> ready(KeyUse& worker);
    /// Returns a PIN to send; it is empty if it is typed at the reader. Returns nothing if the typed PIN is not to be
    /// sent.
    asio::awaitable<base::Result<std::optional<base::Secret>>> ask();
    /// Handles a failure before a PIN was sent. Returns the error unless the person can be asked again.
    asio::awaitable<base::Result<>> go_on_after(base::Error error);
    asio::awaitable<base::Result<base::Bytes>> send(const base::Secret& pin);
    /// Leaves the token in the background: the answer need not wait for that, but the next request must.
    asio::awaitable<void> leave_behind();
    Clock::time_point module_deadline() const;

    Means means_;
    const Wish& wish_;
    ipc::ReplyStream& stream_;
    const Purpose purpose_;

    Key key_;
    std::optional<Prompting> prompting_; // made of key_, whichever that is
    std::optional<Queue::Turn> turn_;    // a turn at the key's token
    std::optional<Enlisted> enlisted_;
    std::unique_ptr<KeyUse> worker_;
    pkcs11::PinState state_;
    PinHistory history_;
    std::optional<base::Secret> unlikely_; // the last PIN, if the token does not expect its length
    bool was_refused_ = false;             // whether a PIN of this request was refused
    bool has_confirmed_ = false;           // the recipients
    int absences_ = 0;
};

} // namespace sceau::agent
