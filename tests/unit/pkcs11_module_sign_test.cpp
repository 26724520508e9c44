// Signatures through the module as programs load it.
#include "mail/cms/certificate.h"
#include "tests/support/signed_attributes.h"
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>
#include <openssl/ecdsa.h>

#include <thread>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;
using base::Hash;
using base::Scheme;

namespace {

struct Plugged {
    Plugged()
    {
        agent.plug("Direction 2026", {&rsa_identity(), &p256_identity(), &p384_identity()});
        session = module.open_session();
    }

    CK_OBJECT_HANDLE key(const Identity& identity) const
    {
        CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
        Bytes id = base::from_hex(mail::cms::read_certificate(identity.der())->key.hex()).value();
        const auto found = module.find(session, {attribute(CKA_CLASS, object_class),
                                                 {.type = CKA_ID, .pValue = id.data(), .ulValueLen = id.size()}});
        REQUIRE(found.size() == 1);
        return found.front();
    }
    CK_RV begin(CK_MECHANISM mechanism, const Identity& identity) const
    {
        return module->C_SignInit(session, &mechanism, key(identity));
    }
    CK_RV sign(Bytes data, Bytes& signature) const
    {
        signature.resize(512);
        CK_ULONG size = signature.size();
        const CK_RV value = module->C_Sign(session, data.data(), data.size(), signature.data(), &size);
        signature.resize(value == CKR_OK ? size : 0);
        return value;
    }

    FakeAgent agent;
    LoadedModule module;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
};

CK_MECHANISM plain(CK_MECHANISM_TYPE type)
{
    return {.mechanism = type, .pParameter = nullptr, .ulParameterLen = 0};
}

Bytes text()
{
    const auto bytes = base::as_bytes("what is signed");
    return {bytes.begin(), bytes.end()};
}

Bytes digest_info(Hash hash, const Bytes& digest)
{
    Bytes der = base::from_hex(hash == Hash::sha256   ? "3031300d060960864801650304020105000420"
                               : hash == Hash::sha384 ? "3041300d060960864801650304020205000430"
                                                      : "3051300d060960864801650304020305000440")
                    .value();
    der.insert(der.end(), digest.begin(), digest.end());
    return der;
}

bool verifies(const Identity& identity, Scheme scheme, const Bytes& digest, const Bytes& signature)
{
    return mail::cms::verifies(identity.der(), scheme, digest, signature);
}

// Verifies r‖s over any digest, as programs do.
bool verifies_raw(const Identity& identity, const Bytes& digest, const Bytes& raw)
{
    const std::size_t half = raw.size() / 2;
    ECDSA_SIG* signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, BN_bin2bn(raw.data(), static_cast<int>(half), nullptr),
                   BN_bin2bn(raw.data() + half, static_cast<int>(half), nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature, &der);
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(identity.key.get(), nullptr));
    EVP_PKEY_verify_init(context.get());
    const int result =
        EVP_PKEY_verify(context.get(), der, static_cast<std::size_t>(size), digest.data(), digest.size());
    OPENSSL_free(der);
    ECDSA_SIG_free(signature);
    return result == 1;
}

} // namespace

TEST_CASE("RSA signs a DigestInfo")
{
    const Plugged now;
    const std::vector<std::pair<Hash, Scheme>> known = {{Hash::sha256, Scheme::rsa_pkcs1_sha256},
                                                        {Hash::sha384, Scheme::rsa_pkcs1_sha384},
                                                        {Hash::sha512, Scheme::rsa_pkcs1_sha512}};
    for (const auto& [hash, scheme] : known) {
        const Bytes digest = base::hash_of(hash, text());
        Bytes signature;
        REQUIRE(now.begin(plain(CKM_RSA_PKCS), rsa_identity()) == CKR_OK);
        CHECK(now.sign(digest_info(hash, digest), signature) == CKR_OK);
        CHECK(verifies(rsa_identity(), scheme, digest, signature));
    }
    CHECK(now.agent.signatures() == 3);
}

TEST_CASE("RSA signs nothing but a DigestInfo, and nobody is asked")
{
    const Plugged now;
    Bytes signature;
    for (const Bytes& data : {Bytes{}, Bytes(32, 7), Bytes(51, 7)}) {
        REQUIRE(now.begin(plain(CKM_RSA_PKCS), rsa_identity()) == CKR_OK);
        CHECK(now.sign(data, signature) == CKR_DATA_INVALID);
    }
    REQUIRE(now.begin(plain(CKM_RSA_PKCS), rsa_identity()) == CKR_OK);
    CHECK(now.sign(Bytes(300, 7), signature) == CKR_DATA_LEN_RANGE);
    CHECK(now.sign(Bytes(51, 7), signature) == CKR_OPERATION_NOT_INITIALIZED);
    CHECK(now.agent.signatures() == 0);
}

TEST_CASE("RSA hashes and signs, at once and in parts")
{
    const Plugged now;
    const Bytes digest = base::hash_of(Hash::sha384, text());
    Bytes signature;
    REQUIRE(now.begin(plain(CKM_SHA384_RSA_PKCS), rsa_identity()) == CKR_OK);
    CHECK(now.sign(text(), signature) == CKR_OK);
    CHECK(verifies(rsa_identity(), Scheme::rsa_pkcs1_sha384, digest, signature));

    REQUIRE(now.begin(plain(CKM_SHA384_RSA_PKCS), rsa_identity()) == CKR_OK);
    for (std::uint8_t byte : text())
        CHECK(now.module->C_SignUpdate(now.session, &byte, 1) == CKR_OK);
    signature.assign(256, 0);
    CK_ULONG size = signature.size();
    CHECK(now.module->C_SignFinal(now.session, signature.data(), &size) == CKR_OK);
    CHECK(verifies(rsa_identity(), Scheme::rsa_pkcs1_sha384, digest, signature));
    CHECK(now.module->C_SignFinal(now.session, signature.data(), &size) == CKR_OPERATION_NOT_INITIALIZED);
}

TEST_CASE("C_Sign does not end a signature in parts, and nobody is asked")
{
    const Plugged now;
    Bytes signature;
    for (const CK_MECHANISM_TYPE type : {CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS}) {
        REQUIRE(now.begin(plain(type), rsa_identity()) == CKR_OK);
        Bytes part = digest_info(Hash::sha256, Bytes(32, 7));
        REQUIRE(now.module->C_SignUpdate(now.session, part.data(), part.size()) == CKR_OK);
        CHECK(now.sign({}, signature) == CKR_OPERATION_NOT_INITIALIZED);
        CK_ULONG size = 0; // the operation is over
        CHECK(now.module->C_SignFinal(now.session, nullptr, &size) == CKR_OPERATION_NOT_INITIALIZED);
    }
    CHECK(now.agent.signatures() == 0);
}

TEST_CASE("PSS signs with the parameters that the agent's schemes have")
{
    const Plugged now;
    CK_RSA_PKCS_PSS_PARAMS params{.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .sLen = 32};
    const CK_MECHANISM pss{.mechanism = CKM_RSA_PKCS_PSS, .pParameter = &params, .ulParameterLen = sizeof params};
    const Bytes digest = base::hash_of(Hash::sha256, text());
    Bytes signature;
    REQUIRE(now.begin(pss, rsa_identity()) == CKR_OK);
    CHECK(now.sign(digest, signature) == CKR_OK);
    CHECK(verifies(rsa_identity(), Scheme::rsa_pss_rsae_sha256, digest, signature));
    REQUIRE(now.begin(pss, rsa_identity()) == CKR_OK);
    CHECK(now.sign(Bytes(48, 7), signature) == CKR_DATA_LEN_RANGE);
}

TEST_CASE("PSS with other parameters is refused")
{
    const Plugged now;
    for (const CK_RSA_PKCS_PSS_PARAMS wrong : {CK_RSA_PKCS_PSS_PARAMS{CKM_SHA256, CKG_MGF1_SHA256, 20},
                                               CK_RSA_PKCS_PSS_PARAMS{CKM_SHA256, CKG_MGF1_SHA384, 32},
                                               CK_RSA_PKCS_PSS_PARAMS{CKM_SHA_1, CKG_MGF1_SHA1, 20}}) {
        auto params = wrong;
        for (const CK_MECHANISM_TYPE type : {CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS})
            CHECK(now.begin({.mechanism = type, .pParameter = &params, .ulParameterLen = sizeof params},
                            rsa_identity()) == CKR_MECHANISM_PARAM_INVALID);
    }
    CK_RSA_PKCS_PSS_PARAMS params{.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .sLen = 32};
    CHECK(now.begin({.mechanism = CKM_SHA512_RSA_PKCS_PSS, .pParameter = &params, .ulParameterLen = sizeof params},
                    rsa_identity()) == CKR_MECHANISM_PARAM_INVALID);
    CHECK(now.begin({.mechanism = CKM_RSA_PKCS_PSS, .pParameter = &params, .ulParameterLen = 1}, rsa_identity()) ==
          CKR_MECHANISM_PARAM_INVALID);
    CHECK(now.begin(plain(CKM_RSA_PKCS_PSS), rsa_identity()) == CKR_MECHANISM_PARAM_INVALID);
}

TEST_CASE("a salt that the agent's schemes do not have is a wrong parameter, and SHA-1 an unknown mechanism")
{
    const Plugged now;
    for (const CK_ULONG salt : {0UL, 20UL, 31UL, 33UL, 64UL, 222UL, ~0UL}) {
        CK_RSA_PKCS_PSS_PARAMS params{.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256, .sLen = salt};
        for (const CK_MECHANISM_TYPE type : {CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS})
            CHECK(now.begin({.mechanism = type, .pParameter = &params, .ulParameterLen = sizeof params},
                            rsa_identity()) == CKR_MECHANISM_PARAM_INVALID);
    }
    CK_RSA_PKCS_PSS_PARAMS sha1{.hashAlg = CKM_SHA_1, .mgf = CKG_MGF1_SHA1, .sLen = 20};
    for (const CK_MECHANISM_TYPE type :
         {CKM_SHA1_RSA_PKCS, CKM_SHA1_RSA_PKCS_PSS, CKM_SHA1_RSA_X9_31, CKM_ECDSA_SHA1, CKM_MD5_RSA_PKCS})
        for (const Identity* identity : {&rsa_identity(), &p256_identity()}) {
            CHECK(now.begin(plain(type), *identity) == CKR_MECHANISM_INVALID);
            CHECK(now.begin({.mechanism = type, .pParameter = &sha1, .ulParameterLen = sizeof sha1}, *identity) ==
                  CKR_MECHANISM_INVALID);
        }
    CHECK(now.agent.signatures() == 0);
}

TEST_CASE("ECDSA answers r and s in a row for a digest of any hash")
{
    const Plugged now;
    for (const Identity* identity : {&p256_identity(), &p384_identity()})
        for (const Hash hash : {Hash::sha256, Hash::sha384, Hash::sha512}) {
            const Bytes digest = base::hash_of(hash, text());
            Bytes signature;
            REQUIRE(now.begin(plain(CKM_ECDSA), *identity) == CKR_OK);
            CHECK(now.sign(digest, signature) == CKR_OK);
            CHECK(signature.size() == (identity == &p256_identity() ? 64 : 96));
            CHECK(verifies_raw(*identity, digest, signature));
        }
    Bytes signature;
    REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
    CHECK(now.sign(Bytes(20, 7), signature) == CKR_DATA_LEN_RANGE); // SHA-1
    for (const std::size_t size : {28U, 30U, 31U, 33U, 67U, 128U, 129U}) {
        REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
        const bool fits = size > 28 && size <= 128;
        CHECK(now.sign(Bytes(size, 7), signature) == (fits ? CKR_OK : CKR_DATA_LEN_RANGE));
        CHECK(verifies_raw(p256_identity(), Bytes(size, 7), signature) == fits);
        signature.clear();
    }
    REQUIRE(now.begin(plain(CKM_ECDSA_SHA256), p256_identity()) == CKR_OK);
    CHECK(now.sign(text(), signature) == CKR_OK);
    CHECK(verifies_raw(p256_identity(), base::hash_of(Hash::sha256, text()), signature));
}

TEST_CASE("the length of a signature is told before anybody is asked")
{
    const Plugged now;
    REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
    Bytes digest(32, 7);
    Bytes signature(64);
    CK_ULONG size = 0;
    CHECK(now.module->C_Sign(now.session, digest.data(), digest.size(), nullptr, &size) == CKR_OK);
    CHECK(size == 64);
    size = 63;
    CHECK(now.module->C_Sign(now.session, digest.data(), digest.size(), signature.data(), &size) ==
          CKR_BUFFER_TOO_SMALL);
    CHECK(size == 64);
    CHECK(now.agent.signatures() == 0);
    CHECK(now.module->C_Sign(now.session, digest.data(), digest.size(), signature.data(), &size) == CKR_OK);
    CHECK(now.agent.signatures() == 1);
}

TEST_CASE("a key of another kind, a public key and an unknown mechanism are refused")
{
    const Plugged now;
    CHECK(now.begin(plain(CKM_ECDSA), rsa_identity()) == CKR_KEY_TYPE_INCONSISTENT);
    CHECK(now.begin(plain(CKM_RSA_PKCS), p256_identity()) == CKR_KEY_TYPE_INCONSISTENT);
    CHECK(now.begin(plain(CKM_RSA_X_509), rsa_identity()) == CKR_MECHANISM_INVALID);
    CHECK(now.begin(plain(CKM_SHA1_RSA_PKCS), rsa_identity()) == CKR_MECHANISM_INVALID);
    CK_OBJECT_CLASS object_class = CKO_PUBLIC_KEY;
    CK_MECHANISM mechanism = plain(CKM_ECDSA);
    const auto keys = now.module.find(now.session, {attribute(CKA_CLASS, object_class)});
    CHECK(now.module->C_SignInit(now.session, &mechanism, keys.at(0)) == CKR_KEY_TYPE_INCONSISTENT);
    CHECK(now.module->C_SignInit(now.session, &mechanism, 9999) == CKR_KEY_HANDLE_INVALID);
    REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
    CHECK(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OPERATION_ACTIVE);
}

TEST_CASE("a key that may only decrypt signs nothing")
{
    const Identity decrypts = self_signed(
        {.common_name = "Eve Example", .extensions = {"keyUsage=critical,keyEncipherment"}, .key = new_key("P-256")});
    FakeAgent agent;
    agent.plug("one", {&decrypts});
    const LoadedModule module;
    REQUIRE(module.slots(true).size() == 1);
    const CK_SESSION_HANDLE session = module.open_session();
    CK_MECHANISM mechanism = plain(CKM_ECDSA);
    CHECK(module->C_SignInit(session, &mechanism, module.private_key(session, CKK_EC)) ==
          CKR_KEY_FUNCTION_NOT_PERMITTED);
}

TEST_CASE("a person who says no cancels the function, and the session serves on")
{
    Plugged now;
    Bytes signature;
    now.agent.refuse(base::pin_incorrect(2));
    REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
    CHECK(now.sign(Bytes(32, 7), signature) == CKR_FUNCTION_CANCELED);
    now.agent.refuse({});
    REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
    CHECK(now.sign(Bytes(32, 8), signature) == CKR_OK);
}

TEST_CASE("a program that repeats a refused request at once gets the same answer, and nobody is asked")
{
    Plugged now;
    Bytes signature;
    now.agent.refuse(base::cancelled("by the person"));
    REQUIRE(now.begin(plain(CKM_RSA_PKCS), rsa_identity()) == CKR_OK);
    CHECK(now.sign(digest_info(Hash::sha256, Bytes(32, 7)), signature) == CKR_FUNCTION_CANCELED);
    now.agent.refuse({});
    REQUIRE(now.begin(plain(CKM_RSA_PKCS), rsa_identity()) == CKR_OK);
    CHECK(now.sign(digest_info(Hash::sha256, Bytes(32, 7)), signature) == CKR_FUNCTION_CANCELED);
    CHECK(now.agent.signatures() == 0);
}

TEST_CASE("signed attributes that are hashed here go to the agent as evidence, other data does not")
{
    const Plugged now;
    const Bytes attributes = attributes_of({content_type(), message_digest(), signing_time()});
    Bytes signature;
    SECTION("at once")
    {
        REQUIRE(now.begin(plain(CKM_SHA256_RSA_PKCS), rsa_identity()) == CKR_OK);
        REQUIRE(now.sign(attributes, signature) == CKR_OK);
        CHECK(now.agent.last_request().evidence ==
              ipc::Evidence{.kind = ipc::Evidence::Kind::attributes, .attributes = attributes});
    }
    SECTION("in parts")
    {
        REQUIRE(now.begin(plain(CKM_SHA512_RSA_PKCS), rsa_identity()) == CKR_OK);
        for (std::uint8_t byte : attributes)
            REQUIRE(now.module->C_SignUpdate(now.session, &byte, 1) == CKR_OK);
        signature.resize(256);
        CK_ULONG size = signature.size();
        REQUIRE(now.module->C_SignFinal(now.session, signature.data(), &size) == CKR_OK);
        CHECK(now.agent.last_request().evidence->attributes == attributes);
    }
    SECTION("text")
    {
        REQUIRE(now.begin(plain(CKM_SHA256_RSA_PKCS), rsa_identity()) == CKR_OK);
        REQUIRE(now.sign(text(), signature) == CKR_OK);
        CHECK_FALSE(now.agent.last_request().evidence);
    }
    SECTION("much more than attributes")
    {
        REQUIRE(now.begin(plain(CKM_SHA256_RSA_PKCS), rsa_identity()) == CKR_OK);
        Bytes much = attributes;
        much.resize(200'000);
        REQUIRE(now.sign(much, signature) == CKR_OK);
        CHECK_FALSE(now.agent.last_request().evidence);
    }
}

TEST_CASE("an agent that has gone is a failed device")
{
    Plugged now;
    Bytes signature;
    REQUIRE(now.begin(plain(CKM_ECDSA), p256_identity()) == CKR_OK);
    now.agent.stop();
    CHECK(now.sign(Bytes(32, 7), signature) == CKR_DEVICE_REMOVED);
}

TEST_CASE("while a person is asked other threads use the module, and each signature is its own")
{
    Plugged now;
    now.agent.hold();
    const CK_OBJECT_HANDLE key = now.key(p256_identity());
    const auto sign_in_session = [&](CK_SESSION_HANDLE session, CK_RV& value) {
        CK_MECHANISM mechanism = plain(CKM_ECDSA);
        Bytes digest(32, 7);
        Bytes signature(64);
        CK_ULONG size = 64;
        value = functions().C_SignInit(session, &mechanism, key);
        if (value == CKR_OK)
            value = functions().C_Sign(session, digest.data(), 32, signature.data(), &size);
    };
    const CK_SESSION_HANDLE other = now.module.open_session();
    CK_RV one = CKR_GENERAL_ERROR;
    CK_RV two = CKR_GENERAL_ERROR;
    std::thread first([&] { sign_in_session(now.session, one); });
    std::thread second([&] { sign_in_session(other, two); });
    now.agent.wait_for_held(2);
    CHECK(now.module.slots(true).size() == 1);
    CHECK(now.key(rsa_identity()) != CK_INVALID_HANDLE);
    CHECK(now.module->C_CloseSession(other) == CKR_OK);
    now.agent.release();
    first.join();
    second.join();
    CHECK(one == CKR_OK);
    CHECK(two == CKR_OK);
    CHECK(now.agent.signatures() == 2);
}
