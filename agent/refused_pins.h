// Remembers, per token, the PIN that the token refused last, so that it is not sent a second time: as a keyed hash
// whose key lives only in this process's locked memory.
#pragma once

#include "base/secret.h"
#include "pkcs11/worker.h"

#include <array>
#include <map>

namespace sceau::agent {

class RefusedPins {
  public:
    static base::Result<RefusedPins> create();

    void remember(const pkcs11::TokenIdentity& token, const base::Secret& pin);
    /// After a PIN that was right, and when the token goes.
    void forget(const pkcs11::TokenIdentity& token);
    bool was_refused(const pkcs11::TokenIdentity& token, const base::Secret& pin) const;

  private:
    using Mac = std::array<std::uint8_t, 32>;
    explicit RefusedPins(base::Secret key) : key_(std::move(key)) {}
    Mac mac(const base::Secret& pin) const;

    base::Secret key_;
    std::map<pkcs11::TokenIdentity, Mac> refused_;
};

} // namespace sceau::agent
