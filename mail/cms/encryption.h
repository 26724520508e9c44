// What the holder of a key can have been sent for decryption, so that nothing else is given to the token.
#pragma once

#include "base/bytes.h"

namespace sceau::mail::cms {

/// Whether the key (a SubjectPublicKeyInfo) is RSA and this a number as long as its modulus and smaller (RFC 8017
/// §7.2.2, steps 1 and 2b).
bool is_rsa_ciphertext(base::BytesView public_key, base::BytesView ciphertext);

/// Whether the key is on an elliptic curve and this an uncompressed point of the same curve (SEC 1
/// §2.3.4), which is more than many tokens check: others give the key away bit by bit.
bool is_point_on_curve(base::BytesView public_key, base::BytesView point);

} // namespace sceau::mail::cms
