// The name of a key everywhere: the SHA-256 of its SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, DER), in hex. It is the
// same whatever slot, reader or certificate shows the key.
#pragma once

#include "base/bytes.h"

#include <array>
#include <compare>

namespace sceau::base {

class KeyId {
  public:
    static constexpr std::size_t kSize = 32; // bytes; 64 hex digits

    static KeyId of_public_key(BytesView subject_public_key_info);
    /// Fails with `invalid_parameter("key")` unless the text is 64 hex digits.
    static Result<KeyId> parse(std::string_view hex);

    BytesView bytes() const { return bytes_; }
    std::string hex() const { return to_hex(bytes_); }

    friend auto operator<=>(const KeyId&, const KeyId&) = default;

  private:
    std::array<std::uint8_t, kSize> bytes_{};
};

/// Whether the text can name keys: 64 hex digits, or the first 8 or more of them.
bool is_key_name(std::string_view text);

} // namespace sceau::base
