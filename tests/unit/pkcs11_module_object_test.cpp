// Objects and searches through the module as programs load it.
#include "clients/pkcs11-module/certificate.h"
#include "clients/pkcs11-module/objects.h"
#include "tests/unit/loaded_module.h"

#include <catch2/catch.hpp>

#include <cstring>
#include <set>

using namespace sceau;
using namespace sceau::test;
using base::Bytes;

namespace {

struct Plugged {
    Plugged()
    {
        agent.plug("Direction 2026", {&rsa_identity(), &p256_identity()});
        session = module.open_session();
    }
    FakeAgent agent;
    LoadedModule module;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
};

Bytes number(CK_ULONG value)
{
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

} // namespace

TEST_CASE("a certificate has the attributes that NSS reads")
{
    const Plugged now;
    CK_OBJECT_CLASS object_class = CKO_CERTIFICATE;
    CK_BBOOL yes = CK_TRUE;
    Bytes der = p256_identity().der();
    const auto all = now.module.find(now.session, {attribute(CKA_TOKEN, yes), attribute(CKA_CLASS, object_class)});
    CHECK(all.size() == 2);
    const auto found =
        now.module.find(now.session, {attribute(CKA_CLASS, object_class),
                                      {.type = CKA_VALUE, .pValue = der.data(), .ulValueLen = der.size()}});
    REQUIRE(found.size() == 1);
    const auto facts = pkcs11_module::read_certificate(der).value();
    const auto value = [&](CK_ATTRIBUTE_TYPE type) { return now.module.attribute(now.session, found[0], type); };
    CHECK(value(CKA_VALUE) == der);
    CHECK(base::as_text(value(CKA_LABEL)) == "Bob Example");
    CHECK(base::to_hex(value(CKA_ID)) == facts.key.hex());
    CHECK(value(CKA_CERTIFICATE_TYPE) == number(CKC_X_509));
    CHECK(value(CKA_ISSUER) == facts.issuer);
    CHECK(value(CKA_SUBJECT) == facts.subject);
    CHECK(value(CKA_SERIAL_NUMBER) == facts.serial_number);
    CHECK(value(CKA_SERIAL_NUMBER).at(0) == 2); // DER INTEGER
}

TEST_CASE("a private key is seen without a login and says that it needs none")
{
    const Plugged now;
    for (const CK_KEY_TYPE type : {CKK_RSA, CKK_EC}) {
        const CK_OBJECT_HANDLE key = now.module.private_key(now.session, type);
        const auto value = [&](CK_ATTRIBUTE_TYPE wanted) { return now.module.attribute(now.session, key, wanted); };
        CHECK(value(CKA_PRIVATE) == Bytes{CK_FALSE});
        CHECK(value(CKA_ALWAYS_AUTHENTICATE) == Bytes{CK_FALSE});
        CHECK(value(CKA_SIGN) == Bytes{CK_TRUE});
        CHECK(value(CKA_DECRYPT) == Bytes{CK_FALSE});
        CHECK(value(CKA_SENSITIVE) == Bytes{CK_TRUE});
        CHECK(value(CKA_EXTRACTABLE) == Bytes{CK_FALSE});
        CHECK(value(type == CKK_RSA ? CKA_MODULUS : CKA_EC_PARAMS).size() == (type == CKK_RSA ? 256 : 10));
    }
}

TEST_CASE("a certificate, its private and its public key have the same CKA_ID")
{
    const Plugged now;
    const CK_OBJECT_HANDLE key = now.module.private_key(now.session, CKK_RSA);
    Bytes id = now.module.attribute(now.session, key, CKA_ID);
    CHECK(now.module.find(now.session, {{.type = CKA_ID, .pValue = id.data(), .ulValueLen = id.size()}}).size() == 3);
}

TEST_CASE("attributes that are secret and attributes that do not exist are told apart, and the rest is filled in")
{
    const Plugged now;
    const CK_OBJECT_HANDLE key = now.module.private_key(now.session, CKK_RSA);
    Bytes room(300);
    CK_BBOOL sign = CK_FALSE;
    std::vector<CK_ATTRIBUTE> wanted = {{.type = CKA_PRIVATE_EXPONENT, .pValue = room.data(), .ulValueLen = 300},
                                        attribute(CKA_SIGN, sign)};
    CHECK(now.module->C_GetAttributeValue(now.session, key, wanted.data(), 2) == CKR_ATTRIBUTE_SENSITIVE);
    CHECK(wanted[0].ulValueLen == CK_UNAVAILABLE_INFORMATION);
    CHECK(sign == CK_TRUE);
    wanted[0] = {.type = 0xce534352UL /* CKA_NSS_EMAIL */, .pValue = nullptr, .ulValueLen = 0};
    CHECK(now.module->C_GetAttributeValue(now.session, key, wanted.data(), 2) == CKR_ATTRIBUTE_TYPE_INVALID);
    wanted[0] = {.type = CKA_MODULUS, .pValue = room.data(), .ulValueLen = 255};
    CHECK(now.module->C_GetAttributeValue(now.session, key, wanted.data(), 2) == CKR_BUFFER_TOO_SMALL);
    CHECK(wanted[0].ulValueLen == CK_UNAVAILABLE_INFORMATION);
}

TEST_CASE("the other objects that NSS looks for do not exist")
{
    const Plugged now;
    CK_BBOOL yes = CK_TRUE;
    // Profiles, the trust objects of 3.2, and NSS's revocation lists, S/MIME profiles, trust objects and root lists.
    for (CK_OBJECT_CLASS object_class : {0x09UL, 0x0bUL, 0xce534351UL, 0xce534352UL, 0xce534353UL, 0xce534354UL})
        CHECK(now.module.find(now.session, {attribute(CKA_TOKEN, yes), attribute(CKA_CLASS, object_class)}).empty());
}

TEST_CASE("an issuer's certificate that the token has is one object, without keys")
{
    const Identity authority = self_signed({.common_name = "Authority", .extensions = authority_extensions()});
    const Identity person = issue(authority, {.common_name = "Dora Example"});
    ipc::Key key;
    key.certificate = person.der();
    key.chain = {authority.der(), authority.der()};
    const auto objects = pkcs11_module::objects_of({key, key});
    REQUIRE(objects.size() == 4);
    CHECK(objects[3].object_class == CKO_CERTIFICATE);
    CHECK(objects[3].attributes.at(CKA_CERTIFICATE_CATEGORY) == number(2));
    CHECK(objects[3].attributes.at(CKA_VALUE) == authority.der());
}

TEST_CASE("a key with a certificate for encryption and one for signatures is one key, and signs")
{
    const Identity encrypts = self_signed(
        {.common_name = "Dora Example", .extensions = {"keyUsage=critical,keyAgreement"}, .key = new_key("P-256")});
    EVP_PKEY_up_ref(encrypts.key.get());
    const Identity signs = self_signed({.common_name = "Dora Example",
                                        .extensions = {"keyUsage=critical,digitalSignature"},
                                        .key = mail::cms::EvpPkeyPtr(encrypts.key.get())});
    FakeAgent agent;
    agent.plug("one", {&encrypts, &signs});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    const CK_OBJECT_HANDLE key = module.private_key(session, CKK_EC);
    CHECK(module.attribute(session, key, CKA_SIGN) == Bytes{CK_TRUE});
    CK_OBJECT_CLASS object_class = CKO_CERTIFICATE;
    CHECK(module.find(session, {attribute(CKA_CLASS, object_class)}).size() == 2);
}

TEST_CASE("objects have the token's own CKA_ID, and a search for the key's name finds them too")
{
    FakeAgent agent;
    agent.plug("one", {&rsa_identity(), &p256_identity()}, {{0x45}, {0x46, 0x00}});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    const auto found = [&](Bytes id) {
        return module.find(session, {{.type = CKA_ID, .pValue = id.data(), .ulValueLen = id.size()}});
    };
    const auto by_id = found({0x46, 0x00});
    REQUIRE(by_id.size() == 3); // certificate, private and public key
    for (const CK_OBJECT_HANDLE object : by_id)
        CHECK(module.attribute(session, object, CKA_ID) == Bytes{0x46, 0x00});
    const auto facts = pkcs11_module::read_certificate(p256_identity().der()).value();
    CHECK(found(base::from_hex(facts.key.hex()).value()) == by_id);
    CHECK(found({0x46}).empty());
    CHECK(found({}).empty());
}

TEST_CASE("two keys with the same CKA_ID are told apart by their handles and public keys, and each signs for itself")
{
    FakeAgent agent;
    agent.plug("one", {&p256_identity(), &p384_identity(), &rsa_identity()}, {{1}, {1}, {1}});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    Bytes id = {1};
    const auto keys = module.find(
        session, {attribute(CKA_CLASS, object_class), {.type = CKA_ID, .pValue = id.data(), .ulValueLen = id.size()}});
    REQUIRE(keys.size() == 3);
    CHECK(std::set(keys.begin(), keys.end()).size() == 3);
    const Identity* identities[] = {&p256_identity(), &p384_identity(), &rsa_identity()};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto facts = pkcs11_module::read_certificate(identities[i]->der()).value();
        CHECK(module.attribute(session, keys[i], CKA_PUBLIC_KEY_INFO) == facts.public_key_info);
        CK_MECHANISM mechanism{
            .mechanism = i == 2 ? CKM_SHA256_RSA_PKCS : CKM_ECDSA_SHA256, .pParameter = nullptr, .ulParameterLen = 0};
        Bytes data = {1, 2, 3};
        Bytes signature(256);
        CK_ULONG size = signature.size();
        REQUIRE(module->C_SignInit(session, &mechanism, keys[i]) == CKR_OK);
        REQUIRE(module->C_Sign(session, data.data(), data.size(), signature.data(), &size) == CKR_OK);
        CHECK(agent.last_request().key == facts.key);
    }
}

TEST_CASE("a key that the token has under two CKA_IDs is found by each, with the certificate beside it")
{
    const Identity first = self_signed({.common_name = "Dora Example", .key = new_key("P-256")});
    EVP_PKEY_up_ref(first.key.get());
    const Identity renewed =
        self_signed({.common_name = "Dora Example", .key = mail::cms::EvpPkeyPtr(first.key.get())});
    FakeAgent agent;
    agent.plug("one", {&first, &renewed}, {{1}, {2}});
    const LoadedModule module;
    const CK_SESSION_HANDLE session = module.open_session();
    for (std::uint8_t name = 1; name <= 2; ++name)
        CHECK(module.find(session, {attribute(CKA_ID, name)}).size() == 3);
}

TEST_CASE("objects are found again by their handles as long as the process lives")
{
    Plugged now;
    const CK_OBJECT_HANDLE key = now.module.private_key(now.session, CKK_RSA);
    now.agent.plug("another", {&p384_identity()});
    CHECK(now.module.private_key(now.session, CKK_RSA) == key);
    CK_ULONG size = 0;
    CHECK(now.module->C_GetObjectSize(now.session, key, &size) == CKR_OK);
    CHECK(size > 256);
    CHECK(now.module->C_GetObjectSize(now.session, 9999, &size) == CKR_OBJECT_HANDLE_INVALID);
}
