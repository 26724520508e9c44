// What the objects of one token say of themselves, read through one session. Whatever a module claims is bounded here:
// the number of objects and the size of each attribute.
#pragma once

#include "base/bytes.h"
#include "pkcs11/token/cryptoki.h"

#include <optional>
#include <vector>

namespace sceau::pkcs11::token {

class Objects {
  public:
    /// The module's functions and the session outlive it.
    Objects(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) : functions_(&functions), session_(session) {}

    /// C_FindObjects: the first 256 objects of this class, and with this CKA_ID where one is given.
    base::Result<std::vector<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS object_class,
                                                     std::optional<base::BytesView> cka_id = {}) const;

    /// Up to 8 MiB. Empty where the object does not tell, by PKCS#11's own words for that.
    base::Result<base::Bytes> read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// Empty where the object does not tell, and where that fails.
    base::Bytes attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// None where the object does not tell.
    std::optional<CK_ULONG> number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// False where the object does not tell.
    bool flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;

  private:
    CK_FUNCTION_LIST* functions_;
    CK_SESSION_HANDLE session_;
};

} // namespace sceau::pkcs11::token
