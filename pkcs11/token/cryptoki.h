// PKCS#11's own header, and its return values as errors of ours.
#pragma once

#include "base/result.h"

#include <p11-kit/pkcs11.h>

#include <string_view>

namespace sceau::pkcs11::token {

/// "CKR_PIN_INCORRECT"; "CKR 0x80000001" for a vendor's.
std::string name_of(CK_RV value);

/// What CKR_OK is not: pin_incorrect and pin_locked (of C_Login only), pin_to_be_changed, busy (somebody else is logged
/// in), token_absent, unsupported, cancelled (of C_Login and C_Sign) or token_failed. The message is "C_Sign:
/// CKR_DEVICE_ERROR".
base::Error error_of(std::string_view function, CK_RV value);

base::Result<> check(std::string_view function, CK_RV value);

} // namespace sceau::pkcs11::token
