// OpenSSL for what the module does by itself: digests, random numbers and all that takes only a public key. In a
// context of its own, with OpenSSL's own algorithms and no configuration: that of the program's may name a provider
// which has loaded this very module, and would be called back under the module's lock.
#pragma once

#include "base/bytes.h"
#include "clients/pkcs11-module/answer.h"
#include "mail/cms/openssl.h"

namespace sceau::pkcs11_module {

using EvpMdPtr = std::unique_ptr<EVP_MD, mail::cms::Deleter<EVP_MD_free>>;

/// Made when it is first asked for; null where there is no memory. To be used under the module's lock.
OSSL_LIB_CTX* library_context();

/// Whatever was made with it is gone by now.
void free_library_context();

/// An algorithm by OpenSSL's name; null where it does not have it.
EvpMdPtr fetch_digest(const char* name);

/// Under way; null where it cannot begin.
mail::cms::EvpMdCtxPtr begin_digest(const char* name);

/// CKR_FUNCTION_FAILED.
Answer<> add_to(const mail::cms::EvpMdCtxPtr& hashing, base::BytesView part);

} // namespace sceau::pkcs11_module
