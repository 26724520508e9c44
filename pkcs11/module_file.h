// A vendor's module as a file, before either task does anything with it.
#pragma once

#include "base/result.h"

#include <filesystem>

namespace sceau::pkcs11 {

/// Loads it and returns the address of its C_GetFunctionList. `token_failed` with the dynamic linker's reason, or when
/// it has no such function. It stays loaded: many modules do not survive dlclose().
base::Result<void*> load_module(const std::filesystem::path& path);

} // namespace sceau::pkcs11
