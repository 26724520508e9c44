// CK_TOKEN_INFO (PKCS#11 v2.40 §3.2) in the words of words.h.
#pragma once

#include "pkcs11/token/cryptoki.h"
#include "pkcs11/words.h"

namespace sceau::pkcs11::token {

TokenIdentity identity_of(const CK_TOKEN_INFO& info);
PinState pin_state_of(const CK_TOKEN_INFO& info);
/// What a discovery reports of it, its certificates aside.
Token describe(const CK_SLOT_INFO& slot, const CK_TOKEN_INFO& info);

/// What became of a PIN that the token refused with these words, by the state that it is in since.
base::Error refused_pin(const PinState& state, const std::string& refusal);

} // namespace sceau::pkcs11::token
