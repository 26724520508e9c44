// PKCS#11 2.40 as p11-kit declares it, and the parts of version 3.0 that its header lacks.
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

/// The manufacturer in CK_INFO and CK_SLOT_INFO.
inline constexpr const char* kManufacturer = "Sceau";

} // namespace sceau::pkcs11_module
