#include "clients/pkcs11-module/library_context.h"

#include <utility>

namespace sceau::pkcs11_module {

namespace {

constinit OSSL_LIB_CTX* g_context = nullptr;

} // namespace

OSSL_LIB_CTX* library_context()
{
    if (g_context == nullptr)
        g_context = OSSL_LIB_CTX_new();
    return g_context;
}

void free_library_context()
{
    OSSL_LIB_CTX_free(std::exchange(g_context, nullptr));
}

EvpMdPtr fetch_digest(const char* name)
{
    return EvpMdPtr(EVP_MD_fetch(library_context(), name, nullptr));
}

mail::cms::EvpMdCtxPtr begin_digest(const char* name)
{
    const mail::cms::QuietErrors quiet;
    const EvpMdPtr digest = fetch_digest(name);
    mail::cms::EvpMdCtxPtr context(EVP_MD_CTX_new());
    if (!digest || !context || EVP_DigestInit_ex(context.get(), digest.get(), nullptr) != 1)
        return nullptr;
    return context;
}

Answer<> add_to(const mail::cms::EvpMdCtxPtr& hashing, base::BytesView part)
{
    if (EVP_DigestUpdate(hashing.get(), part.data(), part.size()) != 1)
        return std::unexpected(CKR_FUNCTION_FAILED);
    return {};
}

} // namespace sceau::pkcs11_module
