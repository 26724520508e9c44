// PKCS#11 2.40 as p11-kit declares it, and what of version 3.0 that header does not have.
#pragma once

#include <p11-kit/pkcs11.h>

extern "C" {

// PKCS#11 3.0 §3.6 and §5.4.
// NOLINTBEGIN(readability-identifier-naming): the standard's names.
struct CK_INTERFACE {
    CK_UTF8CHAR_PTR pInterfaceName;
    CK_VOID_PTR pFunctionList;
    CK_FLAGS flags;
};

CK_RV C_GetInterfaceList(CK_INTERFACE* interfaces, CK_ULONG* count);
CK_RV C_GetInterface(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_INTERFACE** interface, CK_FLAGS flags);

// NOLINTEND(readability-identifier-naming)
} // extern "C"

namespace sceau::pkcs11_module {

inline constexpr CK_FLAGS kInterfaceForkSafe = 1; // CKF_INTERFACE_FORK_SAFE

/// What CK_INFO and CK_SLOT_INFO say of who made them.
inline constexpr const char* kManufacturer = "Sceau";

} // namespace sceau::pkcs11_module
