#include "tests/virtual-token/piv_key.h"

#include <openssl/rsa.h>

#include <map>
#include <stdexcept>

namespace sceau::test {

namespace {

std::uint8_t algorithm_of(const std::string& name)
{
    static const std::map<std::string, std::uint8_t> kAlgorithms = {
        {"rsa2048", kRsa2048}, {"rsa2048b", kRsa2048}, {"p256", kP256}, {"p256b", kP256}, {"p384", kP384}};
    const auto found = kAlgorithms.find(name);
    if (found == kAlgorithms.end())
        throw std::runtime_error("the virtual card takes no key " + name);
    return found->second;
}

struct ContextDeleter {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, ContextDeleter>;

std::optional<base::Bytes> rsa_private_operation(EVP_PKEY* key, base::BytesView block)
{
    base::Bytes result(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
    std::size_t size = result.size();
    const Context context(EVP_PKEY_CTX_new(key, nullptr));
    if (block.size() != size || EVP_PKEY_decrypt_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
        EVP_PKEY_decrypt(context.get(), result.data(), &size, block.data(), block.size()) != 1)
        return std::nullopt;
    return result;
}

std::optional<base::Bytes> ecdsa(EVP_PKEY* key, base::BytesView hash)
{
    base::Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
    std::size_t size = signature.size();
    const std::size_t field = (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
    const Context context(EVP_PKEY_CTX_new(key, nullptr));
    if (hash.empty() || hash.size() > field || EVP_PKEY_sign_init(context.get()) != 1 ||
        EVP_PKEY_sign(context.get(), signature.data(), &size, hash.data(), hash.size()) != 1)
        return std::nullopt;
    signature.resize(size);
    return signature;
}

} // namespace

PivKey::PivKey(const std::string& name) : key_(read_key(name)), algorithm_(algorithm_of(name)) {}

std::optional<base::Bytes> PivKey::answer_challenge(base::BytesView input) const
{
    return algorithm_ == kRsa2048 ? rsa_private_operation(key_.get(), input) : ecdsa(key_.get(), input);
}

std::optional<base::Bytes> PivKey::agree(base::BytesView point) const
{
    if (algorithm_ == kRsa2048)
        return std::nullopt;
    const Key peer(EVP_PKEY_new());
    if (EVP_PKEY_copy_parameters(peer.get(), key_.get()) != 1 ||
        EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) != 1)
        return std::nullopt;
    const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    std::size_t size = 0;
    if (EVP_PKEY_derive_init(context.get()) != 1 || EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
        EVP_PKEY_derive(context.get(), nullptr, &size) != 1)
        return std::nullopt;
    base::Bytes secret(size);
    if (EVP_PKEY_derive(context.get(), secret.data(), &size) != 1)
        return std::nullopt;
    secret.resize(size);
    return secret;
}

} // namespace sceau::test
