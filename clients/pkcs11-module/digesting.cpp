#include "clients/pkcs11-module/digesting.h"

namespace sceau::pkcs11_module {

Answer<DigestOperation> DigestOperation::begin(const CK_MECHANISM& mechanism)
{
    const DigestMechanism* known = find_digest(mechanism.mechanism);
    if (known == nullptr)
        return std::unexpected(CKR_MECHANISM_INVALID);
    if (mechanism.ulParameterLen != 0)
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    auto hashing = begin_digest(known->name);
    if (!hashing)
        return std::unexpected(CKR_HOST_MEMORY);
    return DigestOperation(std::move(hashing));
}

Answer<> DigestOperation::add(base::BytesView part)
{
    has_begun_ = true;
    return add_to(hashing_, part);
}

Answer<base::Bytes> DigestOperation::finish()
{
    base::Bytes digest(digest_size());
    if (EVP_DigestFinal_ex(hashing_.get(), digest.data(), nullptr) != 1)
        return std::unexpected(CKR_FUNCTION_FAILED);
    return digest;
}

} // namespace sceau::pkcs11_module
