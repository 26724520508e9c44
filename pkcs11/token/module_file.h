// Loads the file of a vendor's module, for every task that needs it.
#pragma once

#include "pkcs11/token/cryptoki.h"

#include <filesystem>

namespace sceau::pkcs11::token {

/// Loads the module and returns its functions. Fails with `unsupported` and the dynamic linker's reason, or if the file
/// is not a PKCS#11 module. The module stays loaded, since many do not survive dlclose().
base::Result<CK_FUNCTION_LIST*> load_module(const std::filesystem::path& path);

} // namespace sceau::pkcs11::token
