// OpenSSL for what the module does itself: digests, random numbers and everything that needs only a public key. It runs
// in a context of its own, with OpenSSL's own algorithms and no configuration. The program's configuration may name a
// provider that has loaded this very module and would be called back under the module's lock.
#pragma once

#include "base/bytes.h"
#include "clients/pkcs11-module/answer.h"
#include "mail/cms/openssl.h"

namespace sceau::pkcs11_module {

using EvpMdPtr = std::unique_ptr<EVP_MD, mail::cms::Deleter<EVP_MD_free>>;

/// Created on first use; null if there is no memory. Used only under the module's lock.
OSSL_LIB_CTX* library_context();

/// Frees the context. Everything made with it must be gone by now.
void free_library_context();

/// Returns an algorithm by OpenSSL's name, or null if OpenSSL does not have it.
EvpMdPtr fetch_digest(const char* name);

/// Starts a digest. Returns null if that fails.
mail::cms::EvpMdCtxPtr begin_digest(const char* name);

/// Fails with CKR_FUNCTION_FAILED.
Answer<> add_to(const mail::cms::EvpMdCtxPtr& hashing, base::BytesView part);

} // namespace sceau::pkcs11_module
