// Remembers for each token the PIN that it refused last, so that it is not sent a second time, and how many PINs it
// refused, since many tokens do not say. The PIN is kept as a keyed hash whose key exists only in this process's locked
// memory.
#pragma once

#include "agent/tokens/token_store.h"
#include "base/secret.h"

#include <array>
#include <map>
#include <optional>

namespace sceau::agent {

class RefusedPins {
  public:
    static base::Result<RefusedPins> create();

    void remember(const TokenId& token, const base::Secret& pin);
    /// Called after a PIN that was right.
    void forget(const TokenId& token) { refused_.erase(token); }
    /// Called when the token is pulled out: the PIN may be changed elsewhere, but the count remains.
    void forget_pin(const TokenId& token);
    bool was_refused(const TokenId& token, const base::Secret& pin) const;
    /// Returns how many PINs were refused since the last right one, as far as this agent knows.
    unsigned count(const TokenId& token) const;

  private:
    using Mac = std::array<std::uint8_t, 32>;
    explicit RefusedPins(base::Secret key) : key_(std::move(key)) {}
    Mac mac(const base::Secret& pin) const;

    struct Refused {
        std::optional<Mac> last;
        unsigned count = 0;
    };

    base::Secret key_;
    std::map<TokenId, Refused> refused_;
};

} // namespace sceau::agent
