#include "pkcs11/token/decryption.h"

#include "base/rsa_encoding.h"

#include <fmt/format.h>

#include <array>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::DecryptionScheme;
using base::ErrorCode;
using base::Result;

namespace {

CK_RSA_PKCS_OAEP_PARAMS oaep(CK_MECHANISM_TYPE hash, CK_ULONG mask_function)
{
    return {.hashAlg = hash,
            .mgf = mask_function,
            .source = CKZ_DATA_SPECIFIED,
            .pSourceData = nullptr,
            .ulSourceDataLen = 0};
}

CK_MECHANISM mechanism_with_padding(DecryptionScheme scheme)
{
    static std::array parameters = {oaep(CKM_SHA_1, CKG_MGF1_SHA1), oaep(CKM_SHA256, CKG_MGF1_SHA256),
                                    oaep(CKM_SHA384, CKG_MGF1_SHA384), oaep(CKM_SHA512, CKG_MGF1_SHA512)};
    if (scheme == DecryptionScheme::rsa_pkcs1)
        return {CKM_RSA_PKCS, nullptr, 0};
    const auto place = static_cast<std::size_t>(scheme) - static_cast<std::size_t>(DecryptionScheme::rsa_oaep_sha1);
    return {CKM_RSA_PKCS_OAEP, &parameters[place], sizeof parameters[place]};
}

} // namespace

Result<CK_MECHANISM> decryption_mechanism(const Library& library, CK_SLOT_ID slot, DecryptionScheme scheme)
{
    if (library.check_mechanism(slot, CKM_RSA_X_509, CKF_DECRYPT))
        return CK_MECHANISM{CKM_RSA_X_509, nullptr, 0};
    const CK_MECHANISM mechanism = mechanism_with_padding(scheme);
    TRY(library.check_mechanism(slot, mechanism.mechanism, CKF_DECRYPT));
    return mechanism;
}

Result<Bytes> encoded_message(DecryptionScheme scheme, CK_MECHANISM_TYPE mechanism, Result<Bytes> output,
                              std::size_t size)
{
    if (mechanism == CKM_RSA_X_509) {
        TRY(output);
        if (output->size() > size)
            return std::unexpected(base::token_failed(
                fmt::format("C_Decrypt gave {} bytes where the modulus has {}", output->size(), size)));
        output->insert(output->begin(), size - output->size(), 0); // some modules omit leading zeros
        return output;
    }
    if (output)
        return base::encode_rsa_message(scheme, *output, size);
    if (output.error().code == ErrorCode::token_absent || output.error().code == ErrorCode::cancelled)
        return output;
    return Bytes(size, 0);
}

} // namespace sceau::pkcs11::token
