// Unwraps, in this process, a key that another key wraps. NSS does so with the secret of C_DeriveKey to open a mail
// that was encrypted for an elliptic curve key (RFC 5753): it passes the secret's handle back to the module that made
// it.
#pragma once

#include "clients/pkcs11-module/objects.h"
#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

/// An operation from C_DecryptInit to C_Decrypt: CKM_AES_KEY_WRAP without a parameter (PKCS#11 2.40 mechanisms §2.14,
/// RFC 3394). The mechanism is not listed, since NSS would then use the module for all of its AES.
class KeyUnwrapping {
  public:
    /// Begins with a secret of C_DeriveKey's. Fails with CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID or
    /// CKR_KEY_SIZE_RANGE.
    static Answer<KeyUnwrapping> begin(const Object& secret, const CK_MECHANISM& mechanism);

    /// Returns the key, which is 8 bytes shorter than the input. Fails with CKR_ENCRYPTED_DATA_LEN_RANGE, or with
    /// CKR_ENCRYPTED_DATA_INVALID if another key wrapped it.
    Answer<base::Bytes> unwrapped(base::BytesView wrapped) const;

  private:
    explicit KeyUnwrapping(base::Bytes key) : key_(std::move(key)) {}

    base::Bytes key_;
};

} // namespace sceau::pkcs11_module
