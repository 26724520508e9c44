// Operations that need only a public key, through the module as programs load it. Nobody is asked for them.
#include "mail/cms/openssl.h"
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>
#include <openssl/rsa.h>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;
using base::Hash;

namespace {

const Identity& encrypting_identity()
{
    static const Identity identity = self_signed({.common_name = "Carol Example",
                                                  .extensions = {"keyUsage=critical,digitalSignature,keyEncipherment"},
                                                  .key = new_rsa_key(2048)});
    return identity;
}

struct Plugged {
    Plugged()
    {
        agent.plug("Direction 2026", {&encrypting_identity(), &p256_identity()});
        session = module.open_session();
    }

    CK_OBJECT_HANDLE key(CK_OBJECT_CLASS object_class, CK_KEY_TYPE type) const
    {
        const auto found = module.find(session, {attribute(CKA_CLASS, object_class), attribute(CKA_KEY_TYPE, type)});
        REQUIRE(found.size() == 1);
        return found.front();
    }
    CK_RV sign(CK_MECHANISM mechanism, CK_KEY_TYPE type, Bytes data, Bytes& signature) const
    {
        signature.resize(256);
        CK_ULONG size = signature.size();
        REQUIRE(module->C_SignInit(session, &mechanism, key(CKO_PRIVATE_KEY, type)) == CKR_OK);
        const CK_RV value = module->C_Sign(session, data.data(), data.size(), signature.data(), &size);
        signature.resize(value == CKR_OK ? size : 0);
        return value;
    }
    CK_RV begin_verifying(CK_MECHANISM mechanism, CK_KEY_TYPE type) const
    {
        return module->C_VerifyInit(session, &mechanism, key(CKO_PUBLIC_KEY, type));
    }
    CK_RV verify(CK_MECHANISM mechanism, CK_KEY_TYPE type, Bytes data, Bytes signature) const
    {
        REQUIRE(begin_verifying(mechanism, type) == CKR_OK);
        return module->C_Verify(session, data.data(), data.size(), signature.data(), signature.size());
    }
    CK_RV encrypt(Bytes data, Bytes& encrypted) const
    {
        encrypted.resize(256);
        CK_ULONG size = encrypted.size();
        return module->C_Encrypt(session, data.data(), data.size(), encrypted.data(), &size);
    }

    FakeAgent agent;
    LoadedModule module;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
};

CK_MECHANISM plain(CK_MECHANISM_TYPE type)
{
    return {.mechanism = type, .pParameter = nullptr, .ulParameterLen = 0};
}

template <class T>
CK_MECHANISM with(CK_MECHANISM_TYPE type, T& parameters)
{
    return {.mechanism = type, .pParameter = &parameters, .ulParameterLen = sizeof parameters};
}

Bytes text()
{
    const auto bytes = base::as_bytes("what is signed");
    return {bytes.begin(), bytes.end()};
}

// Flips a bit of the first byte, since ECDSA reads only the leftmost bits of a long digest.
Bytes flipped(Bytes bytes)
{
    bytes.front() ^= 1;
    return bytes;
}

// Signs with OpenSSL, with a salt of any length.
Bytes pss_signature(const Identity& identity, const Bytes& digest, int salt)
{
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(identity.key.get(), nullptr));
    Bytes signature(256);
    std::size_t size = signature.size();
    REQUIRE(EVP_PKEY_sign_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), salt) == 1);
    REQUIRE(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1);
    return signature;
}

Bytes decrypted(const Bytes& ciphertext, const char* oaep_hash)
{
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(encrypting_identity().key.get(), nullptr));
    REQUIRE(EVP_PKEY_decrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(),
                                         oaep_hash != nullptr ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) == 1);
    if (oaep_hash != nullptr)
        REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), oaep_hash, nullptr) == 1);
    Bytes plaintext(256);
    std::size_t size = plaintext.size();
    REQUIRE(EVP_PKEY_decrypt(context.get(), plaintext.data(), &size, ciphertext.data(), ciphertext.size()) == 1);
    plaintext.resize(size);
    return plaintext;
}

} // namespace

TEST_CASE("what was signed through the module verifies in it, and nothing else does")
{
    const Plugged now;
    CK_RSA_PKCS_PSS_PARAMS pss{.hashAlg = CKM_SHA384, .mgf = CKG_MGF1_SHA384, .sLen = 48};
    const std::vector<std::tuple<CK_MECHANISM, CK_KEY_TYPE, Bytes>> ways = {
        {plain(CKM_SHA256_RSA_PKCS), CKK_RSA, text()},
        {plain(CKM_SHA512_RSA_PKCS), CKK_RSA, text()},
        {with(CKM_SHA384_RSA_PKCS_PSS, pss), CKK_RSA, text()},
        {with(CKM_RSA_PKCS_PSS, pss), CKK_RSA, base::hash_of(Hash::sha384, text())},
        {plain(CKM_ECDSA_SHA256), CKK_EC, text()},
        {plain(CKM_ECDSA), CKK_EC, base::hash_of(Hash::sha512, text())},
    };
    for (const auto& [mechanism, type, data] : ways) {
        INFO(mechanism.mechanism);
        Bytes signature;
        REQUIRE(now.sign(mechanism, type, data, signature) == CKR_OK);
        const int signatures = now.agent.signatures();
        CHECK(now.verify(mechanism, type, data, signature) == CKR_OK);
        CHECK(now.verify(mechanism, type, flipped(data), signature) == CKR_SIGNATURE_INVALID);
        CHECK(now.verify(mechanism, type, data, flipped(signature)) == CKR_SIGNATURE_INVALID);
        signature.push_back(0);
        CHECK(now.verify(mechanism, type, data, signature) == CKR_SIGNATURE_LEN_RANGE);
        CHECK(now.agent.signatures() == signatures);
    }
}

TEST_CASE("a signature is verified in parts as at once")
{
    const Plugged now;
    for (const CK_MECHANISM mechanism : {plain(CKM_ECDSA_SHA384), plain(CKM_ECDSA)}) {
        const Bytes data = base::hash_of(Hash::sha256, text());
        Bytes signature;
        REQUIRE(now.sign(mechanism, CKK_EC, data, signature) == CKR_OK);
        REQUIRE(now.begin_verifying(mechanism, CKK_EC) == CKR_OK);
        for (std::uint8_t byte : data)
            CHECK(now.module->C_VerifyUpdate(now.session, &byte, 1) == CKR_OK);
        CHECK(now.module->C_VerifyFinal(now.session, signature.data(), signature.size()) == CKR_OK);
        CHECK(now.module->C_VerifyFinal(now.session, signature.data(), signature.size()) ==
              CKR_OPERATION_NOT_INITIALIZED);
    }
}

TEST_CASE("CKM_RSA_PKCS verifies a signature of any data, as the token would have made it")
{
    const Plugged now;
    const Bytes data(20, 7); // not a DigestInfo
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(encrypting_identity().key.get(), nullptr));
    Bytes signature(256);
    std::size_t size = signature.size();
    REQUIRE(EVP_PKEY_sign_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
    REQUIRE(EVP_PKEY_sign(context.get(), signature.data(), &size, data.data(), data.size()) == 1);
    CHECK(now.verify(plain(CKM_RSA_PKCS), CKK_RSA, data, signature) == CKR_OK);
    CHECK(now.verify(plain(CKM_RSA_PKCS), CKK_RSA, flipped(data), signature) == CKR_SIGNATURE_INVALID);
    CHECK(now.verify(plain(CKM_RSA_PKCS), CKK_RSA, Bytes(246, 7), signature) == CKR_DATA_LEN_RANGE);
    CHECK(now.verify(plain(CKM_RSA_PKCS), CKK_RSA, Bytes(500, 7), signature) == CKR_DATA_LEN_RANGE);
}

TEST_CASE("PSS verifies with a salt of the length that the parameters say, whatever it is")
{
    const Plugged now;
    const Bytes digest = base::hash_of(Hash::sha256, text());
    for (const int salt : {0, 20, 32, 64}) {
        const Bytes signature = pss_signature(encrypting_identity(), digest, salt);
        CK_RSA_PKCS_PSS_PARAMS pss{.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .sLen = static_cast<CK_ULONG>(salt)};
        CHECK(now.verify(with(CKM_RSA_PKCS_PSS, pss), CKK_RSA, digest, signature) == CKR_OK);
        CHECK(now.verify(with(CKM_SHA256_RSA_PKCS_PSS, pss), CKK_RSA, text(), signature) == CKR_OK);
        pss.sLen += 1;
        CHECK(now.verify(with(CKM_RSA_PKCS_PSS, pss), CKK_RSA, digest, signature) == CKR_SIGNATURE_INVALID);
    }
    CK_RSA_PKCS_PSS_PARAMS pss{.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .sLen = 32};
    CHECK(now.verify(with(CKM_RSA_PKCS_PSS, pss), CKK_RSA, Bytes(48, 7), Bytes(256, 7)) == CKR_DATA_LEN_RANGE);
    for (const CK_ULONG never : {~0UL, ~1UL, 1UL << 32, 5000UL}) { // OpenSSL's -1 and -2 have special meanings
        pss.sLen = never;
        CHECK(now.begin_verifying(with(CKM_RSA_PKCS_PSS, pss), CKK_RSA) == CKR_MECHANISM_PARAM_INVALID);
    }
}

TEST_CASE("impossible verifications are refused with their own codes")
{
    const Plugged now;
    CHECK(now.begin_verifying(plain(CKM_SHA1_RSA_PKCS), CKK_RSA) == CKR_MECHANISM_INVALID);
    CHECK(now.begin_verifying(plain(CKM_RSA_PKCS_PSS), CKK_RSA) == CKR_MECHANISM_PARAM_INVALID);
    CHECK(now.begin_verifying(plain(CKM_ECDSA), CKK_RSA) == CKR_KEY_TYPE_INCONSISTENT);
    CK_MECHANISM mechanism = plain(CKM_ECDSA);
    CHECK(now.module->C_VerifyInit(now.session, &mechanism, now.key(CKO_PRIVATE_KEY, CKK_EC)) ==
          CKR_KEY_TYPE_INCONSISTENT);
    REQUIRE(now.begin_verifying(plain(CKM_ECDSA), CKK_EC) == CKR_OK);
    CHECK(now.begin_verifying(plain(CKM_ECDSA), CKK_EC) == CKR_OPERATION_ACTIVE);
}

TEST_CASE("RSA encrypts with the public key what the private key decrypts")
{
    const Plugged now;
    CK_RSA_PKCS_OAEP_PARAMS sha1{.hashAlg = CKM_SHA_1,
                                 .mgf = CKG_MGF1_SHA1,
                                 .source = CKZ_DATA_SPECIFIED,
                                 .pSourceData = nullptr,
                                 .ulSourceDataLen = 0};
    CK_RSA_PKCS_OAEP_PARAMS sha384 = sha1;
    sha384.hashAlg = CKM_SHA384;
    sha384.mgf = CKG_MGF1_SHA384;
    const std::vector<std::tuple<CK_MECHANISM, const char*, std::size_t>> ways = {
        {plain(CKM_RSA_PKCS), nullptr, 245},
        {with(CKM_RSA_PKCS_OAEP, sha1), "sha1", 214},
        {with(CKM_RSA_PKCS_OAEP, sha384), "sha384", 158},
    };
    const CK_OBJECT_HANDLE key = now.key(CKO_PUBLIC_KEY, CKK_RSA);
    for (auto [mechanism, hash, longest] : ways) {
        for (const Bytes& data : {text(), Bytes(longest, 7), Bytes{}}) {
            Bytes encrypted;
            REQUIRE(now.module->C_EncryptInit(now.session, &mechanism, key) == CKR_OK);
            REQUIRE(now.encrypt(data, encrypted) == CKR_OK);
            CHECK(decrypted(encrypted, hash) == data);
        }
        Bytes encrypted;
        for (const std::size_t size : {longest + 1, std::size_t{300}}) {
            REQUIRE(now.module->C_EncryptInit(now.session, &mechanism, key) == CKR_OK);
            CHECK(now.encrypt(Bytes(size, 7), encrypted) == CKR_DATA_LEN_RANGE);
        }
    }
}

TEST_CASE("RSA encrypts in parts as at once, and tells the length beforehand")
{
    const Plugged now;
    CK_MECHANISM mechanism = plain(CKM_RSA_PKCS);
    REQUIRE(now.module->C_EncryptInit(now.session, &mechanism, now.key(CKO_PUBLIC_KEY, CKK_RSA)) == CKR_OK);
    CHECK(now.module->C_EncryptInit(now.session, &mechanism, now.key(CKO_PUBLIC_KEY, CKK_RSA)) == CKR_OPERATION_ACTIVE);
    Bytes encrypted(256);
    for (std::uint8_t byte : text()) {
        CK_ULONG size = 1;
        CHECK(now.module->C_EncryptUpdate(now.session, &byte, 1, nullptr, &size) == CKR_OK); // asks for the length
        CHECK(now.module->C_EncryptUpdate(now.session, &byte, 1, encrypted.data(), &size) == CKR_OK);
        CHECK(size == 0);
    }
    CK_ULONG size = 0;
    CHECK(now.module->C_EncryptFinal(now.session, nullptr, &size) == CKR_OK);
    CHECK(size == 256);
    size = 255;
    CHECK(now.module->C_EncryptFinal(now.session, encrypted.data(), &size) == CKR_BUFFER_TOO_SMALL);
    REQUIRE(now.module->C_EncryptFinal(now.session, encrypted.data(), &size) == CKR_OK);
    CHECK(decrypted(encrypted, nullptr) == text());
}

TEST_CASE("a public key does the opposite of its private key, and says so")
{
    const Plugged now;
    const auto is_true = [&](CK_KEY_TYPE type, CK_ATTRIBUTE_TYPE use) {
        return now.module.attribute(now.session, now.key(CKO_PUBLIC_KEY, type), use) == Bytes{CK_TRUE};
    };
    CHECK(is_true(CKK_RSA, CKA_VERIFY));
    CHECK(is_true(CKK_RSA, CKA_ENCRYPT));
    CHECK(is_true(CKK_EC, CKA_VERIFY));
    CHECK_FALSE(is_true(CKK_EC, CKA_ENCRYPT));
    const auto flags = [&](CK_MECHANISM_TYPE type) {
        CK_MECHANISM_INFO info{};
        REQUIRE(now.module->C_GetMechanismInfo(0, type, &info) == CKR_OK);
        CHECK((info.flags & CKF_HW) == 0);
        return info.flags & (CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT | CKF_DIGEST);
    };
    CHECK(flags(CKM_RSA_PKCS) == (CKF_SIGN | CKF_ENCRYPT | CKF_DECRYPT));
    CHECK(flags(CKM_RSA_PKCS_OAEP) == (CKF_ENCRYPT | CKF_DECRYPT));
    CHECK(flags(CKM_SHA256_RSA_PKCS_PSS) == CKF_SIGN);
    CHECK(flags(CKM_ECDSA) == CKF_SIGN);
    CHECK(flags(CKM_SHA_1) == CKF_DIGEST);
}

TEST_CASE("a key that may not sign verifies nothing, and one that may not decrypt encrypts nothing")
{
    const Identity decrypts = self_signed(
        {.common_name = "Eve Example", .extensions = {"keyUsage=critical,keyEncipherment"}, .key = new_rsa_key(2048)});
    FakeAgent agent;
    agent.plug("one", {&decrypts});
    agent.plug("two", {&rsa_identity()});
    const LoadedModule module;
    REQUIRE(module.slots(true).size() == 2);
    CK_OBJECT_CLASS object_class = CKO_PUBLIC_KEY;
    CK_MECHANISM mechanism = plain(CKM_RSA_PKCS);
    const CK_SESSION_HANDLE one = module.open_session(0);
    const CK_SESSION_HANDLE two = module.open_session(1);
    const auto key = [&](CK_SESSION_HANDLE session) {
        return module.find(session, {attribute(CKA_CLASS, object_class)}).at(0);
    };
    CHECK(module->C_VerifyInit(one, &mechanism, key(one)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
    CHECK(module->C_EncryptInit(one, &mechanism, key(one)) == CKR_OK);
    CHECK(module->C_EncryptInit(two, &mechanism, key(two)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
    CHECK(module->C_VerifyInit(two, &mechanism, key(two)) == CKR_OK);
}
