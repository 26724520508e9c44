// A vendor's module as a file, before either task does anything with it.
#pragma once

#include "pkcs11/token/cryptoki.h"

#include <filesystem>

namespace sceau::pkcs11::token {

/// Loads it and returns its functions. `unsupported` with the dynamic linker's reason, or when it is no PKCS#11
/// module. It stays loaded: many modules do not survive dlclose().
base::Result<CK_FUNCTION_LIST*> load_module(const std::filesystem::path& path);

} // namespace sceau::pkcs11::token
