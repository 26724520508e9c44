// The parameters of RSASSA-PSS (PKCS#11 2.40 mechanisms §2.1.10).
#pragma once

#include "base/scheme.h"
#include "clients/pkcs11-module/cryptoki.h"

#include <optional>

namespace sceau::pkcs11_module {

struct PssParameters {
    base::Hash hash; // of both the data and MGF1
    std::size_t salt_size = 0;
};

/// Returns nothing if the parameter is not such a structure, the hash is not SHA-256, SHA-384 or SHA-512, the mask
/// function uses another hash, or the salt is longer than any key has room for.
std::optional<PssParameters> read_pss(const CK_MECHANISM& mechanism);

} // namespace sceau::pkcs11_module
