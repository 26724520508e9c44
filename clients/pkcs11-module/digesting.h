// An operation from C_DigestInit to the digest. The hash is computed here, without the token.
#pragma once

#include "clients/pkcs11-module/library_context.h"
#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

class DigestOperation {
  public:
    /// Fails with CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID or CKR_HOST_MEMORY.
    static Answer<DigestOperation> begin(const CK_MECHANISM& mechanism);

    Answer<> add(base::BytesView part);
    Answer<base::Bytes> finish();

    /// Whether a part was added, which means that the input comes in parts.
    bool has_begun() const { return has_begun_; }
    std::size_t digest_size() const { return static_cast<std::size_t>(EVP_MD_CTX_get_size(hashing_.get())); }

  private:
    explicit DigestOperation(mail::cms::EvpMdCtxPtr hashing) : hashing_(std::move(hashing)) {}

    mail::cms::EvpMdCtxPtr hashing_;
    bool has_begun_ = false;
};

} // namespace sceau::pkcs11_module
