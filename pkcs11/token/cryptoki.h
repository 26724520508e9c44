// PKCS#11's own header, and its return values as Sceau's errors.
#pragma once

#include "base/result.h"

#include <p11-kit/pkcs11.h>

#include <string_view>

namespace sceau::pkcs11::token {

/// Returns a name such as "CKR_PIN_INCORRECT", or "CKR 0x80000001" for a vendor's value.
std::string name_of(CK_RV value);

/// Turns a value other than CKR_OK into pin_incorrect or pin_locked (only from C_Login), pin_to_be_changed, busy
/// (someone else is logged in), token_absent, unsupported, cancelled (from C_Login and C_Sign) or token_failed. The
/// message reads "C_Sign: CKR_DEVICE_ERROR".
base::Error error_of(std::string_view function, CK_RV value);

base::Result<> check(std::string_view function, CK_RV value);

} // namespace sceau::pkcs11::token
