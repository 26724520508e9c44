// Recognizes values that someone can have encrypted for the holder of a key, so that nothing else is given to the
// token.
#pragma once

#include "base/bytes.h"

namespace sceau::mail::cms {

/// Returns whether the key (a SubjectPublicKeyInfo) is RSA and the ciphertext is a number that is as long as its
/// modulus, but smaller (RFC 8017 §7.2.2, steps 1 and 2b).
bool is_rsa_ciphertext(base::BytesView public_key, base::BytesView ciphertext);

/// Returns whether the key is on an elliptic curve and the point is an uncompressed point of the same curve (SEC 1
/// §2.3.4). Many tokens do not check this, and other points reveal the key bit by bit.
bool is_point_on_curve(base::BytesView public_key, base::BytesView point);

} // namespace sceau::mail::cms
