#include "clients/pkcs11-module/certificate.h"
#include "clients/pkcs11-module/digest_info.h"
#include "clients/pkcs11-module/objects.h"
#include "clients/pkcs11-module/signature.h"
#include "clients/pkcs11-module/slots.h"
#include "clients/pkcs11-module/text_field.h"
#include "tests/support/test_ca.h"

#include <catch2/catch.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>

using namespace sceau;
using namespace sceau::pkcs11_module;
using base::Bytes;

namespace {

Bytes digest_info(const std::string& prefix, std::size_t digest_size)
{
    Bytes der = base::from_hex(prefix).value();
    der.resize(der.size() + digest_size, 7);
    return der;
}

const std::string kSha256 = "3031300d060960864801650304020105000420";
const std::string kSha384 = "3041300d060960864801650304020205000430";
const std::string kSha512 = "3051300d060960864801650304020305000440";

} // namespace

TEST_CASE("a DigestInfo of SHA-256, SHA-384 and SHA-512 is taken apart")
{
    const std::vector<std::tuple<std::string, std::size_t, base::Hash>> known = {
        {kSha256, 32, base::Hash::sha256}, {kSha384, 48, base::Hash::sha384}, {kSha512, 64, base::Hash::sha512}};
    for (const auto& [prefix, size, hash] : known) {
        const Bytes der = digest_info(prefix, size);
        const auto info = parse_digest_info(der);
        REQUIRE(info);
        CHECK(info->hash == hash);
        CHECK(Bytes(info->digest.begin(), info->digest.end()) == Bytes(size, 7));
    }
}

TEST_CASE("whatever is not exactly a DigestInfo of a known hash is refused")
{
    CHECK_FALSE(parse_digest_info({}));
    CHECK_FALSE(parse_digest_info(digest_info(kSha256, 31)));
    CHECK_FALSE(parse_digest_info(digest_info(kSha256, 33)));
    CHECK_FALSE(parse_digest_info(digest_info(kSha256, 48)));
    CHECK_FALSE(parse_digest_info(digest_info("3021300906052b0e03021a05000414", 20))); // SHA-1
    CHECK_FALSE(parse_digest_info(digest_info("302f300b0609608648016503040201"
                                              "0420",
                                              32)));                                             // no parameters
    CHECK_FALSE(parse_digest_info(digest_info("308131300d060960864801650304020105000420", 32))); // long length
    CHECK_FALSE(parse_digest_info(Bytes(32, 7)));
    CHECK_FALSE(parse_digest_info(Bytes(36, 7))); // MD5 and SHA-1, as in old TLS
}

TEST_CASE("r and s of ECDSA become as long as the curve's order")
{
    const Bytes der = base::from_hex("3006020101020102").value();
    CHECK(base::to_hex(raw_ecdsa(der, 4).value()) == "0000000100000002");
    const Bytes high_bit = base::from_hex("3008020200ff020200fe").value();
    CHECK(base::to_hex(raw_ecdsa(high_bit, 1).value()) == "fffe");
}

TEST_CASE("anything but an ECDSA signature of that length is refused")
{
    CHECK_FALSE(raw_ecdsa({}, 32));
    CHECK_FALSE(raw_ecdsa(base::from_hex("300602010102010200").value(), 4)); // bytes follow it
    CHECK_FALSE(raw_ecdsa(base::from_hex("3006020101020180").value(), 4));   // s is negative
    CHECK_FALSE(raw_ecdsa(base::from_hex("300702020101020102").value(), 1)); // r is longer
}

TEST_CASE("a digest of another length than the curve's own is fitted to it as ECDSA reads it")
{
    CHECK(base::to_hex(fitted_to_curve(base::from_hex("0102").value(), 4)) == "00000102");
    CHECK(base::to_hex(fitted_to_curve(base::from_hex("01020304").value(), 2)) == "0102");
    CHECK(base::to_hex(fitted_to_curve(base::from_hex("0102").value(), 2)) == "0102");
}

TEST_CASE("a certificate's key is read as OpenSSL reads it")
{
    const std::vector<std::pair<std::string, int>> kinds = {
        {"rsa2048", 2048}, {"rsa3072", 3072}, {"p256", 256}, {"p384", 384}, {"p521", 521}};
    for (const auto& [name, bits] : kinds) {
        INFO(name);
        const Bytes der = test::issue_certificate({.key = name, .name = "Alice Example"});
        const auto certificate = read_certificate(der).value();
        CHECK(certificate.label == "Alice Example");
        const PublicKey& key = certificate.public_key.value();
        CHECK(key.bits == bits);
        const test::Key file = test::read_key(name);
        BIGNUM* number = nullptr;
        if (key.type == base::KeyType::rsa) {
            REQUIRE(EVP_PKEY_get_bn_param(file.get(), OSSL_PKEY_PARAM_RSA_N, &number) == 1);
            Bytes modulus(static_cast<std::size_t>(BN_num_bytes(number)));
            BN_bn2bin(number, modulus.data());
            CHECK(key.modulus == modulus);
            CHECK(base::to_hex(key.exponent) == "010001");
        } else {
            unsigned char* point = nullptr;
            const std::size_t size = EVP_PKEY_get1_encoded_public_key(file.get(), &point);
            CHECK(Bytes(key.point.end() - static_cast<std::ptrdiff_t>(size), key.point.end()) ==
                  Bytes(point, point + size));
            OPENSSL_free(point);
        }
        BN_free(number);
    }
}

TEST_CASE("a certificate with a key of another kind has no key, and anything but a certificate is refused")
{
    Bytes der = test::issue_certificate({.key = "ed25519", .name = "Alice Example"});
    CHECK_FALSE(read_certificate(der).value().public_key);
    der.push_back(0);
    CHECK_FALSE(read_certificate(der));
    for (std::size_t size = 0; size < der.size() - 1; ++size)
        CHECK_FALSE(read_certificate(base::BytesView(der).first(size)));
}

// The protocol identifies a key's token only by its label and serial number.
TEST_CASE("tokens that differ only by their manufacturer have a slot each, which shows the keys of both")
{
    ipc::Watch::Reply seen;
    for (const std::string maker : {"One", "Other"}) {
        ipc::Token& token = seen.tokens.emplace_back();
        token.label = "Direction 2026";
        token.serial = "1";
        token.manufacturer = maker;
    }
    for (const std::string name : {"p256", "p384"}) {
        ipc::Key& key = seen.keys.emplace_back();
        key.token_label = "Direction 2026";
        key.token_serial = "1";
        key.certificate = test::issue_certificate({.key = name});
        key.id = read_certificate(key.certificate).value().key;
    }
    Slots slots;
    slots.update(seen);
    REQUIRE(slots.all().size() == 3); // including the spare one
    for (CK_SLOT_ID id = 0; id < 2; ++id) {
        CHECK(slots.find(id)->token->manufacturer == seen.tokens[id].manufacturer);
        CHECK(slots.find(id)->keys == seen.keys);
    }
}

TEST_CASE("text fills a field with blanks and is cut between characters")
{
    const auto field = [](std::string_view text) {
        unsigned char bytes[4];
        set_text(bytes, text);
        return std::string(bytes, bytes + sizeof bytes);
    };
    CHECK(field("ab") == "ab  ");
    CHECK(field("abcd") == "abcd");
    CHECK(field("abcde") == "abcd");
    CHECK(field("abc\u00e9") == "abc ");
    CHECK(field("ab\u00e9") == "ab\u00e9");
}

TEST_CASE("a key whose certificate cannot be read is no object")
{
    ipc::Key key;
    key.certificate = Bytes(20, 0x30);
    key.chain = {Bytes(3, 0)};
    CHECK(objects_of({key}).empty());
}

TEST_CASE("slots go to tokens as they come and are kept for them")
{
    const auto token = [](const std::string& label) {
        ipc::Token made;
        made.label = label;
        return made;
    };
    Slots slots;
    CHECK(slots.all().size() == 1);
    slots.update({.tokens = {token("one")}, .keys = {}});
    CHECK(slots.find(0)->token->label == "one");
    slots.update({.tokens = {token("two"), token("three")}, .keys = {}});
    CHECK_FALSE(slots.find(0)->token);
    CHECK(slots.find(1)->token->label == "two");
    CHECK(slots.find(2)->token->label == "three");
    slots.update({.tokens = {token("three"), token("one"), token("one")}, .keys = {}});
    CHECK(slots.find(0)->token->label == "one");
    CHECK_FALSE(slots.find(1)->token);
    CHECK(slots.find(2)->token->label == "three");
    CHECK(slots.all().size() == 4);
    CHECK(slots.find(4) == nullptr);
}

TEST_CASE("the person's refusal is a cancelled function and an absent agent a failed device")
{
    using enum base::ErrorCode;
    for (const auto code : {cancelled, pin_incorrect, pin_final_try, timed_out})
        CHECK(return_value(code) == CKR_FUNCTION_CANCELED);
    CHECK(return_value(not_permitted) == CKR_FUNCTION_REJECTED);
    CHECK(return_value(pin_locked) == CKR_PIN_LOCKED);
    CHECK(return_value(pin_to_be_changed) == CKR_PIN_EXPIRED);
    CHECK(return_value(token_absent) == CKR_DEVICE_REMOVED);
    CHECK(return_value(agent_unreachable) == CKR_DEVICE_ERROR);
}

namespace {

ipc::Token token_in(const std::string& reader)
{
    return {.label = "Card",
            .serial = "00000000",
            .manufacturer = "piv_II",
            .model = "PKCS#15",
            .reader = reader,
            .module = "/module.so",
            .pin = {}};
}

ipc::Key key_in(const std::string& reader, const std::string& name)
{
    const Bytes der = test::issue_certificate({.key = name});
    ipc::Key key;
    key.id = read_certificate(der)->key;
    key.token_label = "Card";
    key.token_serial = "00000000";
    key.token_reader = reader;
    key.certificate = der;
    return key;
}

std::vector<std::string> readers_of(Slots& slots)
{
    std::vector<std::string> readers;
    for (const Slot& slot : slots.all())
        readers.push_back(slot.token ? slot.token->reader : "");
    return readers;
}

} // namespace

TEST_CASE("tokens with the same names have a slot each, with their own keys")
{
    Slots slots;
    slots.update({.tokens = {token_in("one"), token_in("two")},
                  .keys = {key_in("one", "p256"), key_in("two", "p384"), key_in("two", "rsa2048")}});
    CHECK(readers_of(slots) == std::vector<std::string>{"one", "two", ""});
    CHECK(slots.all()[0].objects.size() == 3);
    CHECK(slots.all()[1].objects.size() == 6);
    slots.update({.tokens = {token_in("two")}, .keys = {}});
    CHECK(readers_of(slots) == std::vector<std::string>{"", "two", ""});
    slots.update({.tokens = {token_in("two"), token_in("three")}, .keys = {}}); // moved from reader one to reader three
    CHECK(readers_of(slots) == std::vector<std::string>{"three", "two", ""});
}

TEST_CASE("one token through two modules has one slot")
{
    Slots slots;
    slots.update({.tokens = {token_in("one"), token_in("one")}, .keys = {}});
    CHECK(readers_of(slots) == std::vector<std::string>{"one", ""});
}

TEST_CASE("a key without a certificate is a pair of keys with the token's label, and a missing key is not shown")
{
    ipc::Key bare = key_in("one", "p256");
    bare.public_key = read_certificate(bare.certificate)->public_key_info;
    bare.certificate.clear();
    bare.label = "Server key";
    bare.cka_id = Bytes{7};
    ipc::Key missing = key_in("one", "p384");
    missing.private_key = ipc::PrivateKey::missing;
    Slots slots;
    slots.update({.tokens = {token_in("one")}, .keys = {bare, missing}});
    const auto& objects = slots.all()[0].objects;
    REQUIRE(objects.size() == 2);
    for (const Object& object : objects) {
        CHECK(object.object_class != CKO_CERTIFICATE);
        CHECK(base::as_text(object.attributes.at(CKA_LABEL)) == "Server key");
        CHECK(object.attributes.at(CKA_ID) == Bytes{7});
        CHECK(object.attributes.contains(CKA_EC_POINT));
    }
}
