// CK_TOKEN_INFO (PKCS#11 v2.40 §3.2) in the words of worker.h.
#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/worker.h"

namespace sceau::pkcs11 {

TokenIdentity identity_of(const CK_TOKEN_INFO& info);
PinState pin_state_of(const CK_TOKEN_INFO& info);

/// `pin_incorrect`, saying that it was not tried, when the token's limits tell that this cannot be its PIN. An empty
/// one fits when it is typed at the reader.
base::Result<> check_length(const CK_TOKEN_INFO& info, const base::Secret& pin);

/// What became of a PIN that the token refused, by the state that it is in since.
base::Error refused_pin(const PinState& state);

} // namespace sceau::pkcs11
