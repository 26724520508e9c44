// Translates CK_TOKEN_INFO (PKCS#11 v2.40 §3.2) into the types of words.h.
#pragma once

#include "pkcs11/token/cryptoki.h"
#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

TokenIdentity identity_of(const CK_TOKEN_INFO& info);
PinState pin_state_of(const CK_TOKEN_INFO& info);
/// Returns the token as a discovery reports it, but without certificates.
Token describe(const CK_SLOT_INFO& slot, const CK_TOKEN_INFO& info);

/// Returns the error for a PIN that the token refused with these words, judged by the PIN's state afterwards.
base::Error refused_pin(const PinState& state, const std::string& refusal);

} // namespace sceau::pkcs11::token
