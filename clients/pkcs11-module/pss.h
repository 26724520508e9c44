// The parameters of RSASSA-PSS (PKCS#11 2.40 mechanisms §2.1.10).
#pragma once

#include "base/scheme.h"
#include "clients/pkcs11-module/cryptoki.h"

#include <optional>

namespace sceau::pkcs11_module {

struct PssParameters {
    base::Hash hash; // of the data and of MGF1
    std::size_t salt_size = 0;
};

/// None for what is no such structure, for another hash than SHA-256, SHA-384 and SHA-512, for a mask function of
/// another hash, or a salt longer than any key has room for.
std::optional<PssParameters> read_pss(const CK_MECHANISM& mechanism);

} // namespace sceau::pkcs11_module
