#include "base/rsa_encoding.h"
#include "tests/faulty-module/faults.h"
#include "tests/support/pki.h"
#include "tests/unit/pkcs11_steps.h"

#include <openssl/rsa.h>

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::test;
using base::Bytes;
using base::DecryptionScheme;
using base::ErrorCode;

namespace {

/// A token with one key that decrypts.
struct DecryptingKey {
    explicit DecryptingKey(const std::string& key, AlwaysAuthenticate always_authenticate = AlwaysAuthenticate::no)
    {
        softhsm.add_token("Token");
        const char* usage = key.starts_with("rsa") ? "critical,keyEncipherment" : "critical,keyAgreement";
        certified = softhsm.add_key("Token", {.key = key, .key_usage = usage}, always_authenticate);
    }

    KeyTask task(Operation operation) const
    {
        KeyTask task = sign_task(softhsm.module(), "Token", certified.cka_id, base::Scheme::rsa_pkcs1_sha256);
        task.operation = std::move(operation);
        return task;
    }

    SoftHsm softhsm;
    Certified certified;
};

/// Encrypts with OpenSSL.
Bytes encrypted(const std::string& key_name, DecryptionScheme scheme, base::BytesView message)
{
    const Key key = read_key(key_name);
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    const char* hash = base::traits(scheme).oaep_hash;
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), hash == nullptr ? RSA_PKCS1_PADDING : RSA_PKCS1_OAEP_PADDING) ==
            1);
    if (hash != nullptr)
        REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_get_digestbyname(hash)) == 1);
    Bytes ciphertext(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
    std::size_t size = ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, message.data(), message.size()) == 1);
    return ciphertext;
}

std::optional<Bytes> decoded(DecryptionScheme scheme, const Bytes& encoded, const Bytes& ciphertext)
{
    if (scheme == DecryptionScheme::rsa_pkcs1)
        return base::ImplicitRejection::create()->decode(encoded, ciphertext, {});
    return base::decode_oaep(scheme, encoded);
}

} // namespace

TEST_CASE("what OpenSSL encrypted is decrypted, with and without a login for each use")
{
    const std::string key_name = GENERATE("rsa2048", "rsa3072");
    const DecryptingKey key(key_name, GENERATE(AlwaysAuthenticate::no, AlwaysAuthenticate::yes));
    const Bytes message(32, 0x5a);
    for (const auto& scheme : base::kDecryptionSchemes) {
        INFO(scheme.name);
        const Bytes ciphertext = encrypted(key_name, scheme.scheme, message);
        const auto result = perform(key.softhsm.module(), key.task(Decryption{scheme.scheme, ciphertext}), kPin);
        REQUIRE(result);
        CHECK(result->output.size() == ciphertext.size());
        CHECK(decoded(scheme.scheme, result->output, ciphertext) == message);
    }
}

TEST_CASE("P5: a module that removes the padding itself gives the same result and does not reveal wrong padding")
{
    const DecryptingKey key("rsa2048");
    const Faults faults;
    faults.order({"C_GetMechanismInfo no-raw-rsa"});
    const Bytes message(32, 0x5a);
    const auto scheme = GENERATE(DecryptionScheme::rsa_pkcs1, DecryptionScheme::rsa_oaep_sha1);
    const Bytes ciphertext = encrypted("rsa2048", scheme, message);
    const auto result = perform(faults.module(key.softhsm), key.task(Decryption{scheme, ciphertext}), kPin);
    REQUIRE(result);
    CHECK(decoded(scheme, result->output, ciphertext) == message);

    const Bytes nonsense(256, 0x11);
    const auto wrong = perform(faults.module(key.softhsm), key.task(Decryption{scheme, nonsense}), kPin);
    REQUIRE(wrong);
    CHECK(wrong->output == Bytes(256, 0));
}

TEST_CASE("a shared secret is the one that OpenSSL derives on the other side")
{
    const auto [key_name, curve] =
        GENERATE(table<std::string, const char*>({{"p256", "P-256"}, {"p384", "P-384"}, {"p521", "P-521"}}));
    const DecryptingKey key(key_name);
    Wanted wanted;
    wanted.key = new_key(curve);
    const Identity other = self_signed(std::move(wanted));
    const auto result = perform(key.softhsm.module(), key.task(Derivation{point_of(other.key.get())}), kPin);
    REQUIRE(result);
    CHECK(result->output == derive(other, point_of(read_key(key_name).get())));
}
