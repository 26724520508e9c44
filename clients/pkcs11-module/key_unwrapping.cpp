#include "clients/pkcs11-module/key_unwrapping.h"

#include "base/openssl.h"

#include <openssl/evp.h>

namespace sceau::pkcs11_module {

using base::Bytes;
using base::BytesView;

namespace {

constexpr std::size_t kBlock = 8;
constexpr std::size_t kLongest = 1024; // bytes: no key is longer

const EVP_CIPHER* cipher_for(std::size_t key_size)
{
    switch (key_size) {
    case 16:
        return EVP_aes_128_wrap();
    case 24:
        return EVP_aes_192_wrap();
    case 32:
        return EVP_aes_256_wrap();
    default:
        return nullptr;
    }
}

} // namespace

Answer<KeyUnwrapping> KeyUnwrapping::begin(const Object& secret, const CK_MECHANISM& mechanism)
{
    if (mechanism.mechanism != CKM_AES_KEY_WRAP)
        return std::unexpected(CKR_MECHANISM_INVALID);
    if (mechanism.ulParameterLen != 0)
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    const Bytes& key = secret.attributes.at(CKA_VALUE);
    if (cipher_for(key.size()) == nullptr)
        return std::unexpected(CKR_KEY_SIZE_RANGE);
    return KeyUnwrapping(key);
}

Answer<Bytes> KeyUnwrapping::unwrapped(BytesView wrapped) const
{
    using Context = std::unique_ptr<EVP_CIPHER_CTX, base::Deleter<EVP_CIPHER_CTX_free>>;
    if (wrapped.size() < 3 * kBlock || wrapped.size() % kBlock != 0 || wrapped.size() > kLongest)
        return std::unexpected(CKR_ENCRYPTED_DATA_LEN_RANGE);
    const base::QuietErrors quiet;
    const Context context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    Bytes key(wrapped.size());
    int size = 0;
    const bool done =
        EVP_DecryptInit_ex(context.get(), cipher_for(key_.size()), nullptr, key_.data(), nullptr) == 1 &&
        EVP_DecryptUpdate(context.get(), key.data(), &size, wrapped.data(), static_cast<int>(wrapped.size())) == 1;
    if (!done || size < 0 || static_cast<std::size_t>(size) != wrapped.size() - kBlock)
        return std::unexpected(CKR_ENCRYPTED_DATA_INVALID);
    key.resize(wrapped.size() - kBlock);
    return key;
}

} // namespace sceau::pkcs11_module
