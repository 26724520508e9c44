// A private key in a slot of the virtual PIV card: the operations of GENERAL AUTHENTICATE (SP 800-73-4 part 2 §3.2.4)
// with a key of tests/data/keys.
#pragma once

#include "base/bytes.h"
#include "tests/support/test_ca.h"

#include <optional>
#include <string>

namespace sceau::test {

// SP 800-78-4 table 6-2.
inline constexpr std::uint8_t kRsa2048 = 0x07;
inline constexpr std::uint8_t kP256 = 0x11;
inline constexpr std::uint8_t kP384 = 0x14;

class PivKey {
  public:
    /// Takes "rsa2048", "p256" or "p384", and throws std::runtime_error for anything else.
    explicit PivKey(const std::string& name);

    /// Returns kRsa2048, kP256 or kP384.
    std::uint8_t algorithm() const { return algorithm_; }

    /// For RSA, this is the private operation on a whole block, which serves both signature and decipherment. For EC,
    /// it is ECDSA of a hash, in DER. Returns nothing if the input does not fit the key.
    std::optional<base::Bytes> answer_challenge(base::BytesView input) const;
    /// Returns the x coordinate of the point that ECDH (tag 85) shares with the other side's point (04, x, y).
    std::optional<base::Bytes> agree(base::BytesView point) const;

  private:
    Key key_;
    std::uint8_t algorithm_;
};

} // namespace sceau::test
