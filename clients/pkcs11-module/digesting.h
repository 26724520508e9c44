// From C_DigestInit to the digest: hashed here, the token has no part in it.
#pragma once

#include "clients/pkcs11-module/library_context.h"
#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

class DigestOperation {
  public:
    /// CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID or CKR_HOST_MEMORY.
    static Answer<DigestOperation> begin(const CK_MECHANISM& mechanism);

    Answer<> add(base::BytesView part);
    Answer<base::Bytes> finish();

    /// Something was added: what is digested comes in parts.
    bool has_begun() const { return has_begun_; }
    std::size_t digest_size() const { return static_cast<std::size_t>(EVP_MD_CTX_get_size(hashing_.get())); }

  private:
    explicit DigestOperation(mail::cms::EvpMdCtxPtr hashing) : hashing_(std::move(hashing)) {}

    mail::cms::EvpMdCtxPtr hashing_;
    bool has_begun_ = false;
};

} // namespace sceau::pkcs11_module
