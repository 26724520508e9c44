// A key that another key wraps, unwrapped in this process: what NSS does with the secret of C_DeriveKey to open a mail
// that was encrypted for an elliptic curve key (RFC 5753). It hands the secret's handle back to the module that made
// it.
#pragma once

#include "clients/pkcs11-module/objects.h"
#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

/// From C_DecryptInit to C_Decrypt: CKM_AES_KEY_WRAP without a parameter (PKCS#11 2.40 mechanisms §2.14, RFC 3394). No
/// list has it: NSS would then use the module for all of its AES.
class KeyUnwrapping {
  public:
    /// With a secret of C_DeriveKey's. CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID or CKR_KEY_SIZE_RANGE.
    static Answer<KeyUnwrapping> begin(const Object& secret, const CK_MECHANISM& mechanism);

    /// 8 bytes less than what it was wrapped in. CKR_ENCRYPTED_DATA_LEN_RANGE; CKR_ENCRYPTED_DATA_INVALID where another
    /// key wrapped it.
    Answer<base::Bytes> unwrapped(base::BytesView wrapped) const;

  private:
    explicit KeyUnwrapping(base::Bytes key) : key_(std::move(key)) {}

    base::Bytes key_;
};

} // namespace sceau::pkcs11_module
