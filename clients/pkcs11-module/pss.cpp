#include "clients/pkcs11-module/pss.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sceau::pkcs11_module {

namespace {

using base::Hash;

struct PssHash {
    CK_MECHANISM_TYPE hash_mechanism;
    CK_ULONG mask_function;
    Hash hash;
};
constexpr std::array kPssHashes = {
    PssHash{CKM_SHA256, CKG_MGF1_SHA256, Hash::sha256},
    PssHash{CKM_SHA384, CKG_MGF1_SHA384, Hash::sha384},
    PssHash{CKM_SHA512, CKG_MGF1_SHA512, Hash::sha512},
};

constexpr CK_ULONG kLongestSalt = 4096; // bytes: the size of a modulus of 32768 bits

} // namespace

std::optional<PssParameters> read_pss(const CK_MECHANISM& mechanism)
{
    CK_RSA_PKCS_PSS_PARAMS params;
    if (mechanism.pParameter == nullptr || mechanism.ulParameterLen != sizeof params)
        return std::nullopt;
    std::memcpy(&params, mechanism.pParameter, sizeof params);
    const auto* found = std::ranges::find(kPssHashes, params.hashAlg, &PssHash::hash_mechanism);
    if (found == kPssHashes.end() || params.mgf != found->mask_function || params.sLen > kLongestSalt)
        return std::nullopt;
    return PssParameters{.hash = found->hash, .salt_size = params.sLen};
}

} // namespace sceau::pkcs11_module
