// The message encodings of RSAES-OAEP and RSAES-PKCS1-v1_5 (RFC 8017 §7). They are done here and not in a token's
// module, so that a wrong padding shows neither in the answer nor in the time that it takes.
#pragma once

#include "base/bytes.h"
#include "base/decryption_scheme.h"
#include "base/key_id.h"
#include "base/result.h"

#include <array>

namespace sceau::base {

/// Encodes with EME-OAEP or EME-PKCS1-v1_5 to `size` bytes, the length of the modulus. Fails with `internal` if the
/// message is too long for that.
Result<Bytes> encode_rsa_message(DecryptionScheme scheme, BytesView message, std::size_t size);

/// Undoes EME-OAEP in constant time. Returns nothing if the encoding is wrong, whatever is wrong with it (RFC 8017
/// §7.1.2).
std::optional<Bytes> decode_oaep(DecryptionScheme scheme, BytesView encoded);

/// Undoes EME-PKCS1-v1_5. A wrong encoding gets the same kind of answer as a right one: a message made from the
/// ciphertext, the RSA key's name and a secret that nobody knows. It is always the same message for the same ciphertext
/// and key (draft-irtf-cfrg-rsa-guidance §7). Whoever sees only the answers cannot tell the two cases apart, so there
/// is no oracle to ask (Bleichenbacher 1998). The RSA key is included because a right encoding under one key is
/// nonsense under another: equal answers for two keys would reveal that both are made up.
class ImplicitRejection {
  public:
    /// Makes an object with a new secret. Fails with `internal` if random numbers are unavailable.
    static Result<ImplicitRejection> create();

    /// Runs in constant time apart from the message's length. `encoded` has the length of the modulus, at least 16
    /// bytes.
    Bytes decode(BytesView encoded, BytesView ciphertext, const KeyId& key) const;

  private:
    ImplicitRejection() = default;
    std::array<std::uint8_t, 32> secret_{};
};

} // namespace sceau::base
