// The attributes of one token's objects, read through one session. The module's claims are bounded here: the number of
// objects and the size of each attribute.
#pragma once

#include "base/bytes.h"
#include "pkcs11/token/cryptoki.h"

#include <optional>
#include <vector>

namespace sceau::pkcs11::token {

class Objects {
  public:
    /// The module's functions and the session must outlive this object.
    Objects(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) : functions_(&functions), session_(session) {}

    /// C_FindObjects: returns the first 256 objects of this class, with this CKA_ID if one is given.
    base::Result<std::vector<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS object_class,
                                                     std::optional<base::BytesView> cka_id = {}) const;

    /// Reads up to 8 MiB. Returns empty bytes if the module answers that the object does not have or reveal the
    /// attribute.
    base::Result<base::Bytes> read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// Returns empty bytes if the object does not reveal the attribute or reading it fails.
    base::Bytes attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// Returns nothing if the object does not reveal the attribute.
    std::optional<CK_ULONG> number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// Returns false if the object does not reveal the attribute.
    bool flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;

  private:
    CK_FUNCTION_LIST* functions_;
    CK_SESSION_HANDLE session_;
};

} // namespace sceau::pkcs11::token
