// libp11-sign MODULE signs with each private key that libp11 finds through the module, verifies with the public key of
// the same name, and writes a line with the label for each.
#include <libp11.h>
#include <openssl/evp.h>

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

using Context = std::unique_ptr<PKCS11_CTX, decltype([](PKCS11_CTX* context) { PKCS11_CTX_free(context); })>;
using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* key) { EVP_PKEY_free(key); })>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* digest) { EVP_MD_CTX_free(digest); })>;

constexpr std::string_view kText = "text";

std::vector<unsigned char> signature_by(EVP_PKEY* key)
{
    const Digest digest(EVP_MD_CTX_new());
    const auto* text = reinterpret_cast<const unsigned char*>(kText.data());
    std::size_t size = 0;
    if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(digest.get(), nullptr, &size, text, kText.size()) != 1)
        return {};
    std::vector<unsigned char> signature(size);
    if (EVP_DigestSign(digest.get(), signature.data(), &size, text, kText.size()) != 1)
        return {};
    signature.resize(size);
    return signature;
}

bool is_right(const std::vector<unsigned char>& signature, EVP_PKEY* key)
{
    const Digest digest(EVP_MD_CTX_new());
    const auto* text = reinterpret_cast<const unsigned char*>(kText.data());
    return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(digest.get(), signature.data(), signature.size(), text, kText.size()) == 1;
}

bool sign_with_each(PKCS11_TOKEN* token)
{
    PKCS11_KEY* keys = nullptr;
    unsigned count = 0;
    if (PKCS11_enumerate_keys(token, &keys, &count) != 0)
        return false;
    for (PKCS11_KEY& object : std::span(keys, count)) {
        const Key own(PKCS11_get_private_key(&object));
        const Key other(PKCS11_get_public_key(&object));
        if (!own || !other || !is_right(signature_by(own.get()), other.get()))
            return false;
        std::puts(object.label);
    }
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    const Context context(PKCS11_CTX_new());
    if (argc != 2 || !context || PKCS11_CTX_load(context.get(), argv[1]) != 0)
        return 2;
    PKCS11_SLOT* slots = nullptr;
    unsigned count = 0;
    bool done = PKCS11_enumerate_slots(context.get(), &slots, &count) == 0;
    for (const PKCS11_SLOT& slot : std::span(slots, count))
        done = done && (slot.token == nullptr || sign_with_each(slot.token));
    PKCS11_release_all_slots(context.get(), slots, count);
    PKCS11_CTX_unload(context.get());
    return done ? 0 : 1;
}
