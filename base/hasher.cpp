#include "base/hasher.h"

#include "base/openssl.h"

namespace sceau::base {

void Hasher::Free::operator()(EVP_MD_CTX* context) const
{
    EVP_MD_CTX_free(context);
}

Hasher::Hasher(Hash hash) : Hasher(evp_md(hash)) {}

Hasher::Hasher(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new())
{
    good_ = context_ && algorithm != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1;
}

void Hasher::update(BytesView piece)
{
    good_ = good_ && EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
}

Result<Bytes> Hasher::finish() &&
{
    Bytes digest(good_ ? static_cast<std::size_t>(EVP_MD_CTX_get_size(context_.get())) : 0);
    if (!good_ || EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1)
        return std::unexpected(internal("OpenSSL cannot hash"));
    return digest;
}

} // namespace sceau::base
