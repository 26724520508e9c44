// Decryption and key agreement through the module as programs load it.
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/rsa.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;

namespace {

Identity with_usage(mail::cms::EvpPkeyPtr key, const char* usage)
{
    Wanted wanted;
    wanted.key = std::move(key);
    wanted.extensions = {"subjectAltName=email:alice@example.org", std::string("keyUsage=") + usage};
    return self_signed(std::move(wanted));
}

const Identity& rsa()
{
    static const Identity identity = with_usage(new_rsa_key(2048), "critical,keyEncipherment");
    return identity;
}

const Identity& ec()
{
    static const Identity identity = with_usage(new_key("P-256"), "critical,keyAgreement");
    return identity;
}

struct Plugged {
    explicit Plugged(const std::vector<const Identity*>& keys)
    {
        agent.plug("Direction 2026", keys);
        session = module.open_session();
    }

    CK_RV begin(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE type = CKM_RSA_PKCS) const
    {
        CK_MECHANISM mechanism = {.mechanism = type, .pParameter = nullptr, .ulParameterLen = 0};
        return module->C_DecryptInit(session, &mechanism, key);
    }
    /// Decrypts as NSS does, with a buffer as long as the ciphertext and without asking for the length first.
    CK_RV decrypt(Bytes ciphertext, Bytes& plaintext, std::size_t room = 256) const
    {
        plaintext.resize(room);
        CK_ULONG size = room;
        const CK_RV value = module->C_Decrypt(session, ciphertext.data(), ciphertext.size(), plaintext.data(), &size);
        plaintext.resize(value == CKR_OK ? size : 0);
        return value;
    }
    CK_RV derive(CK_ULONG function, Bytes point, std::vector<CK_ATTRIBUTE> attributes, CK_OBJECT_HANDLE& secret) const
    {
        CK_ECDH1_DERIVE_PARAMS parameters{};
        parameters.kdf = function;
        parameters.public_data = point.data();
        parameters.public_data_len = point.size();
        CK_MECHANISM mechanism = {
            .mechanism = CKM_ECDH1_DERIVE, .pParameter = &parameters, .ulParameterLen = sizeof parameters};
        return module->C_DeriveKey(session, &mechanism, module.private_key(session, CKK_EC), attributes.data(),
                                   attributes.size(), &secret);
    }

    FakeAgent agent;
    LoadedModule module;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
};

Bytes encrypted(const Identity& holder, const Bytes& message)
{
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(holder.key.get(), nullptr));
    EVP_PKEY_encrypt_init(context.get());
    Bytes ciphertext(256);
    std::size_t size = ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, message.data(), message.size()) == 1);
    return ciphertext;
}

Bytes point_of(const Identity& holder)
{
    unsigned char* point = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(holder.key.get(), &point);
    Bytes bytes(point, point + size);
    OPENSSL_free(point);
    return bytes;
}

const Bytes kMessage(32, 0x5a);

/// Wraps a key with RFC 3394 under a key of 32 bytes.
Bytes aes_wrapped(const Bytes& with, const Bytes& key)
{
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    Bytes wrapped(key.size() + 16);
    int size = 0;
    EVP_EncryptInit_ex(context, EVP_aes_256_wrap(), nullptr, with.data(), nullptr);
    EVP_EncryptUpdate(context, wrapped.data(), &size, key.data(), static_cast<int>(key.size()));
    EVP_CIPHER_CTX_free(context);
    wrapped.resize(static_cast<std::size_t>(size));
    return wrapped;
}

/// Makes a key whose point has as its second byte the length of the rest, as DER would.
Identity like_der()
{
    for (;;) {
        Wanted wanted;
        wanted.key = new_key("P-256");
        Identity holder = self_signed(std::move(wanted));
        if (const Bytes point = point_of(holder); point[1] == point.size() - 2)
            return holder;
    }
}

} // namespace

TEST_CASE("messages are decrypted, all those of a program on one connection")
{
    const Plugged now({&rsa()});
    const Bytes ciphertext = encrypted(rsa(), kMessage);
    for (int i = 0; i < 4; ++i) {
        Bytes plaintext;
        REQUIRE(now.begin(now.module.private_key(now.session, CKK_RSA)) == CKR_OK);
        CHECK(now.begin(now.module.private_key(now.session, CKK_RSA)) == CKR_OPERATION_ACTIVE);
        CHECK(now.decrypt(ciphertext, plaintext) == CKR_OK);
        CHECK(plaintext == kMessage);
    }
    const auto connections = now.agent.decryptions();
    REQUIRE(connections.size() == 4);
    for (const auto& connection : connections) {
        CHECK_FALSE(connection.expired());
        CHECK(connection.lock() == connections.front().lock());
    }
}

TEST_CASE("after its end the module's connection is closed, so that the agent forgets")
{
    std::weak_ptr<const void> connection;
    {
        const Plugged now({&rsa()});
        Bytes plaintext;
        REQUIRE(now.begin(now.module.private_key(now.session, CKK_RSA)) == CKR_OK);
        REQUIRE(now.decrypt(encrypted(rsa(), kMessage), plaintext) == CKR_OK);
        connection = now.agent.decryptions().front();
    }
    CHECK(connection.expired());
}

TEST_CASE("a message is decrypted after the agent was restarted")
{
    Plugged now({&rsa()});
    const Bytes ciphertext = encrypted(rsa(), kMessage);
    Bytes plaintext;
    const CK_OBJECT_HANDLE key = now.module.private_key(now.session, CKK_RSA);
    REQUIRE(now.begin(key) == CKR_OK);
    REQUIRE(now.decrypt(ciphertext, plaintext) == CKR_OK);
    now.agent.stop();
    now.agent.start();
    while (now.begin(key) != CKR_OK) // waits until the module has heard of the token again
        now.module->C_CloseSession(now.module.open_session());
    CHECK(now.decrypt(ciphertext, plaintext) == CKR_OK);
    CHECK(plaintext == kMessage);
}

TEST_CASE("a length is told without asking the person, and a call with too short a buffer can be repeated")
{
    const Plugged now({&rsa()});
    Bytes ciphertext = encrypted(rsa(), kMessage);
    REQUIRE(now.begin(now.module.private_key(now.session, CKK_RSA)) == CKR_OK);
    CK_ULONG size = 0;
    CHECK(now.module->C_Decrypt(now.session, ciphertext.data(), ciphertext.size(), nullptr, &size) == CKR_OK);
    CHECK(size == 256);
    CHECK(now.agent.decryptions().empty());
    Bytes plaintext;
    CHECK(now.decrypt(ciphertext, plaintext, 8) == CKR_BUFFER_TOO_SMALL);
    CHECK(now.decrypt(ciphertext, plaintext, 32) == CKR_OK);
    CHECK(plaintext == kMessage);
}

TEST_CASE("input that cannot be decrypted is refused before the agent is asked")
{
    const Plugged now({&rsa(), &rsa_identity(), &ec()});
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    CK_BBOOL yes = CK_TRUE;
    const auto with = [&](CK_ATTRIBUTE_TYPE usage) {
        const auto keys = now.module.find(now.session, {attribute(CKA_CLASS, object_class), attribute(usage, yes)});
        REQUIRE(keys.size() == 1);
        return keys.front();
    };
    const CK_OBJECT_HANDLE signing = with(CKA_SIGN);
    const CK_OBJECT_HANDLE decrypting = with(CKA_DECRYPT);
    const CK_OBJECT_HANDLE deriving = with(CKA_DERIVE);
    CHECK(now.begin(signing) == CKR_KEY_FUNCTION_NOT_PERMITTED);
    CHECK(now.begin(deriving) == CKR_KEY_TYPE_INCONSISTENT);
    CHECK(now.begin(decrypting, CKM_AES_CBC) == CKR_MECHANISM_INVALID);
    CHECK(now.begin(decrypting, CKM_RSA_PKCS_OAEP) == CKR_MECHANISM_PARAM_INVALID);

    CK_RSA_PKCS_OAEP_PARAMS oaep{};
    CK_MECHANISM mechanism = {.mechanism = CKM_RSA_PKCS_OAEP, .pParameter = &oaep, .ulParameterLen = sizeof oaep};
    oaep.hashAlg = CKM_SHA256;
    oaep.mgf = CKG_MGF1_SHA1;
    CHECK(now.module->C_DecryptInit(now.session, &mechanism, decrypting) == CKR_MECHANISM_PARAM_INVALID);
    oaep.mgf = CKG_MGF1_SHA256;
    oaep.source = CKZ_DATA_SPECIFIED;
    CHECK(now.module->C_DecryptInit(now.session, &mechanism, decrypting) == CKR_OK);
    Bytes plaintext;
    CHECK(now.decrypt(Bytes(255, 1), plaintext) == CKR_ENCRYPTED_DATA_LEN_RANGE);
    CHECK(now.decrypt(Bytes(256, 1), plaintext) == CKR_OPERATION_NOT_INITIALIZED);
    CHECK(now.agent.decryptions().empty());
}

TEST_CASE("a public key derives where its private key does")
{
    const Plugged now({&rsa(), &rsa_identity(), &ec()});
    CK_BBOOL yes = CK_TRUE;
    CK_KEY_TYPE curve = CKK_EC;
    for (CK_OBJECT_CLASS object_class : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
        const auto deriving =
            now.module.find(now.session, {attribute(CKA_CLASS, object_class), attribute(CKA_DERIVE, yes)});
        CHECK(deriving.size() == 1);
        CHECK(deriving == now.module.find(now.session, {attribute(CKA_CLASS, object_class),
                                                        attribute(CKA_KEY_TYPE, curve), attribute(CKA_DERIVE, yes)}));
    }
}

TEST_CASE("a refused decryption is not asked for again while the program tries the same mail")
{
    Plugged now({&rsa()});
    now.agent.refuse(base::cancelled("the person cancelled"));
    const Bytes ciphertext = encrypted(rsa(), kMessage);
    Bytes plaintext;
    for (int i = 0; i < 4; ++i) {
        REQUIRE(now.begin(now.module.private_key(now.session, CKK_RSA)) == CKR_OK);
        CHECK(now.decrypt(ciphertext, plaintext) == CKR_FUNCTION_CANCELED);
    }
    CHECK(now.agent.decryptions().size() == 1);
    now.agent.refuse({});
    REQUIRE(now.begin(now.module.private_key(now.session, CKK_RSA)) == CKR_OK);
    CHECK(now.decrypt(encrypted(rsa(), kMessage), plaintext) == CKR_OK); // another mail
}

TEST_CASE("while a person is asked to decrypt, other threads use the module and fork")
{
    Plugged now({&rsa()});
    now.agent.hold();
    const CK_OBJECT_HANDLE key = now.module.private_key(now.session, CKK_RSA);
    const Bytes ciphertext = encrypted(rsa(), kMessage);
    REQUIRE(now.begin(key) == CKR_OK);
    Bytes plaintext;
    CK_RV value = CKR_GENERAL_ERROR;
    std::thread reader([&] { value = now.decrypt(ciphertext, plaintext); });
    now.agent.wait_for_held(1);
    CHECK(now.module.private_key(now.module.open_session(), CKK_RSA) == key);
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    now.agent.release();
    reader.join();
    CHECK(value == CKR_OK);
    CHECK(plaintext == kMessage);
}

TEST_CASE("a secret is derived and read, and disappears with its session")
{
    const Plugged now({&ec()});
    const bool is_destroyed = GENERATE(true, false);
    const Bytes secret = derive(p256_identity(), point_of(ec()));
    CK_OBJECT_HANDLE key = 0;
    SECTION("as it is")
    {
        REQUIRE(now.derive(CKD_NULL, point_of(p256_identity()), {}, key) == CKR_OK);
        CHECK(now.module.attribute(now.session, key, CKA_VALUE) == secret);
    }
    SECTION("all of it, of a point that begins like one in DER")
    {
        const auto holder = like_der();
        REQUIRE(now.derive(CKD_NULL, point_of(holder), {}, key) == CKR_OK);
        CHECK(now.module.attribute(now.session, key, CKA_VALUE) == derive(holder, point_of(ec())));
    }
    SECTION("its first bytes, of a point in DER")
    {
        Bytes der = point_of(p256_identity());
        der.insert(der.begin(), {0x04, 65});
        CK_ULONG size = 16;
        REQUIRE(now.derive(CKD_NULL, der, {attribute(CKA_VALUE_LEN, size)}, key) == CKR_OK);
        CHECK(now.module.attribute(now.session, key, CKA_VALUE) == Bytes(secret.begin(), secret.begin() + 16));
    }
    SECTION("through a key derivation function: the hash of the secret and a counter")
    {
        CK_ULONG size = 32;
        CK_KEY_TYPE type = CKK_AES;
        REQUIRE(now.derive(CKD_SHA256_KDF, point_of(p256_identity()),
                           {attribute(CKA_VALUE_LEN, size), attribute(CKA_KEY_TYPE, type)}, key) == CKR_OK);
        Bytes input = secret;
        input.insert(input.end(), {0, 0, 0, 1});
        CHECK(now.module.attribute(now.session, key, CKA_VALUE) == base::hash_of(base::Hash::sha256, input));
    }
    CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
    CHECK(now.module.find(now.session, {attribute(CKA_CLASS, object_class)}) == std::vector{key});
    const CK_SESSION_HANDLE other = now.module.open_session();
    CHECK(now.module.find(other, {attribute(CKA_CLASS, object_class)}) == std::vector{key});
    if (is_destroyed)
        CHECK(now.module->C_DestroyObject(now.session, key) == CKR_OK);
    else
        CHECK(now.module->C_CloseSession(now.session) == CKR_OK);
    CHECK(now.module.find(other, {attribute(CKA_CLASS, object_class)}).empty());
}

TEST_CASE("a derived secret unwraps a key without the agent, as NSS requires")
{
    const Plugged now({&ec()});
    CK_ULONG size = 32;
    CK_OBJECT_HANDLE secret = 0;
    REQUIRE(now.derive(CKD_SHA256_KDF, point_of(p256_identity()), {attribute(CKA_VALUE_LEN, size)}, secret) == CKR_OK);
    const std::size_t asked = now.agent.decryptions().size();
    Bytes wrapped = aes_wrapped(now.module.attribute(now.session, secret, CKA_VALUE), kMessage);
    CK_MECHANISM mechanism = {.mechanism = CKM_AES_KEY_WRAP, .pParameter = nullptr, .ulParameterLen = 0};
    Bytes key(wrapped.size());
    size = key.size();
    SECTION("the length is told first")
    {
        REQUIRE(now.module->C_DecryptInit(now.session, &mechanism, secret) == CKR_OK);
        CHECK(now.module->C_DecryptInit(now.session, &mechanism, secret) == CKR_OPERATION_ACTIVE);
        CHECK(now.module->C_Decrypt(now.session, wrapped.data(), wrapped.size(), nullptr, &size) == CKR_OK);
        CHECK(size == kMessage.size());
        CHECK(now.module->C_Decrypt(now.session, wrapped.data(), wrapped.size(), key.data(), &size) == CKR_OK);
        CHECK(Bytes(key.begin(), key.begin() + 32) == kMessage);
        CHECK(now.module->C_Decrypt(now.session, wrapped.data(), wrapped.size(), key.data(), &size) ==
              CKR_OPERATION_NOT_INITIALIZED);
    }
    SECTION("what another key wrapped, or nobody, is refused")
    {
        wrapped[0] ^= 1;
        REQUIRE(now.module->C_DecryptInit(now.session, &mechanism, secret) == CKR_OK);
        CHECK(now.module->C_Decrypt(now.session, wrapped.data(), wrapped.size(), key.data(), &size) ==
              CKR_ENCRYPTED_DATA_INVALID);
        REQUIRE(now.module->C_DecryptInit(now.session, &mechanism, secret) == CKR_OK);
        CHECK(now.module->C_Decrypt(now.session, wrapped.data(), wrapped.size() - 1, key.data(), &size) ==
              CKR_ENCRYPTED_DATA_LEN_RANGE);
        mechanism.mechanism = CKM_AES_CBC;
        CHECK(now.module->C_DecryptInit(now.session, &mechanism, secret) == CKR_MECHANISM_INVALID);
    }
    CHECK(now.agent.decryptions().size() == asked);
}

TEST_CASE("a secret that would stay on the token, or could not be read, is refused before the agent is asked")
{
    const Plugged now({&ec()});
    CK_BBOOL yes = CK_TRUE;
    CK_ULONG size = 33;
    CK_OBJECT_HANDLE key = 0;
    CHECK(now.derive(CKD_NULL, point_of(p256_identity()), {attribute(CKA_TOKEN, yes)}, key) ==
          CKR_TOKEN_WRITE_PROTECTED);
    CHECK(now.derive(CKD_NULL, point_of(p256_identity()), {attribute(CKA_SENSITIVE, yes)}, key) ==
          CKR_TEMPLATE_INCONSISTENT);
    CHECK(now.derive(CKD_CPDIVERSIFY_KDF, point_of(p256_identity()), {}, key) == CKR_MECHANISM_PARAM_INVALID);
    CHECK(now.agent.decryptions().empty());
    CHECK(now.derive(CKD_NULL, point_of(p256_identity()), {attribute(CKA_VALUE_LEN, size)}, key) == CKR_KEY_SIZE_RANGE);
}

TEST_CASE("mechanisms say what the present keys are used for, and none of them is symmetric")
{
    const Plugged now({&rsa(), &ec()});
    CK_ULONG count = 0;
    REQUIRE(now.module->C_GetMechanismList(0, nullptr, &count) == CKR_OK);
    std::vector<CK_MECHANISM_TYPE> types(count);
    REQUIRE(now.module->C_GetMechanismList(0, types.data(), &count) == CKR_OK);
    CHECK(std::set<CK_MECHANISM_TYPE>(types.begin(), types.end()) ==
          std::set<CK_MECHANISM_TYPE>{CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP, CKM_ECDH1_DERIVE, CKM_SHA_1, CKM_SHA224,
                                      CKM_SHA256, CKM_SHA384, CKM_SHA512});
    CK_MECHANISM_INFO info{};
    REQUIRE(now.module->C_GetMechanismInfo(0, CKM_RSA_PKCS, &info) == CKR_OK);
    CHECK((info.flags & (CKF_SIGN | CKF_DECRYPT)) == CKF_DECRYPT);
    REQUIRE(now.module->C_GetMechanismInfo(0, CKM_ECDH1_DERIVE, &info) == CKR_OK);
    CHECK((info.flags & CKF_DERIVE) != 0);
}
