// What RSA does around the number: the encoding of the messages of RSAES-OAEP and RSAES-PKCS1-v1_5 (RFC 8017 §7). Here
// and not in a token's module, so that a wrong padding shows neither in the answer nor in the time it takes.
#pragma once

#include "base/bytes.h"
#include "base/decryption_scheme.h"
#include "base/key_id.h"
#include "base/result.h"

#include <array>

namespace sceau::base {

/// EME-OAEP or EME-PKCS1-v1_5 to `size` bytes, a modulus' length. `internal` when the message is too long for that.
Result<Bytes> encode_rsa_message(DecryptionScheme scheme, BytesView message, std::size_t size);

/// Undoes EME-OAEP in constant time; none where the encoding is wrong, whatever is wrong with it (RFC 8017 §7.1.2).
std::optional<Bytes> decode_oaep(DecryptionScheme scheme, BytesView encoded);

/// Undoes EME-PKCS1-v1_5. A wrong encoding has an answer like a right one: a message that is made of the ciphertext, of
/// the RSA key's name and of a secret that nobody knows, always the same one for the same ciphertext and key
/// (draft-irtf-cfrg-rsa-guidance §7). Whoever sees answers only cannot tell the two apart, so there is no oracle to ask
/// (Bleichenbacher 1998). The RSA key counts because a right encoding under one key is nonsense under another: answers
/// that were equal for two keys would give away that both are made up.
class ImplicitRejection {
  public:
    /// With a secret of its own. `internal` where there are no random numbers.
    static Result<ImplicitRejection> create();

    /// In constant time but for the message's length. `encoded` has the modulus' length, 16 bytes at least.
    Bytes decode(BytesView encoded, BytesView ciphertext, const KeyId& key) const;

  private:
    ImplicitRejection() = default;
    std::array<std::uint8_t, 32> secret_{};
};

} // namespace sceau::base
