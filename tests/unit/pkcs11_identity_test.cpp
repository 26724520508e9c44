// Which token gets the PIN and which key is used when names do not tell.
#include "tests/faulty-module/faults.h"
#include "tests/support/pki.h"
#include "tests/unit/pkcs11_steps.h"

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::test;
using base::Bytes;
using base::ErrorCode;
using base::Scheme;

namespace {

Scheme scheme_of(const std::string& key)
{
    return key.starts_with("rsa") ? Scheme::rsa_pkcs1_sha256 : Scheme::ecdsa_secp256r1_sha256;
}

/// One token, and the uses of a certificate on it.
struct Shelf {
    Shelf() { softhsm.add_token("Token"); }

    KeyTask task(const Certified& certified, Scheme scheme) const
    {
        KeyTask task = sign_task(softhsm.module(), "Token", certified.cka_id, scheme);
        task.public_key = public_key_of(certified.certificate);
        return task;
    }
    base::Result<Performed> sign(const Certified& certified, const std::string& key) const
    {
        return perform(softhsm.module(), task(certified, scheme_of(key)), kPin);
    }

    SoftHsm softhsm;
};

/// Two tokens with the same names, in slots with the same description.
struct Twins {
    Twins()
    {
        softhsm.add_token("One", "111111");
        softhsm.add_token("Two", "222222");
        for (const std::string token : {"One", "Two"})
            certified[token] = softhsm.add_key(token, {.key = token == "One" ? "p256" : "rsa2048"});
        faults.order({"C_GetTokenInfo twins", "C_GetSlotInfo twins"});
    }

    KeyTask task_for(const std::string& token) const
    {
        const Scheme scheme = token == "One" ? Scheme::ecdsa_secp256r1_sha256 : Scheme::rsa_pkcs1_sha256;
        KeyTask task = sign_task(softhsm.module(), token, certified.at(token).cka_id, scheme);
        task.token = discover(module).front().identity;
        task.slot = discover(module).front().reader;
        return task;
    }

    SoftHsm softhsm;
    Faults faults;
    Module module = faults.module(softhsm);
    std::map<std::string, Certified> certified;
};

} // namespace

TEST_CASE("P3: of several tokens with the same names, the one that holds the key's certificate gets the PIN")
{
    const Twins twins;
    const auto found = discover(twins.module);
    REQUIRE(found.size() == 2);
    REQUIRE(found.front().identity == found.back().identity);
    REQUIRE(found.front().reader == found.back().reader);
    const std::string token = GENERATE("One", "Two");
    CHECK(perform(twins.module, twins.task_for(token), token == "One" ? "111111" : "222222"));
    for (const Token& each : discover(twins.softhsm.module()))
        CHECK_FALSE(each.pin.low); // a wrong PIN would have made it low
}

TEST_CASE("P3: a token that does not hold the key's certificate or public key gets no PIN")
{
    const Shelf shelf;
    const Faults faults;
    SoftHsm softhsm;
    softhsm.add_token("Token");
    const auto certified = softhsm.add_key("Token", {.key = "p256"});
    KeyTask task = sign_task(softhsm.module(), "Token", certified.cka_id, Scheme::ecdsa_secp256r1_sha256);
    task.public_key = public_key_of(issue_certificate({.key = GENERATE("p256b", "p384")}));
    faults.order({});
    const auto refused = perform(faults.module(softhsm), task, kPin);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::key_not_found);
    CHECK(faults.calls_of("C_OpenSession") == 1);
    CHECK(faults.calls_of("C_Login") == 0);
}

TEST_CASE("a certificate that was renewed under another CKA_ID than its key's is used with that key")
{
    Shelf shelf;
    const std::string key = GENERATE("rsa2048", "p256");
    // Adds other keys of this kind before and after it.
    shelf.softhsm.add_key("Token", {.key = key + "b"});
    shelf.softhsm.add_key("Token", {.key = key});
    shelf.softhsm.add_key("Token", {.key = key == "p256" ? "p384" : "rsa3072"});
    const Certified renewed{.cka_id = {0x77}, .certificate = issue_certificate({.key = key, .name = "Renewed"})};
    shelf.softhsm.add_certificate("Token", renewed.certificate, renewed.cka_id);
    const auto signature = shelf.sign(renewed, key);
    REQUIRE(signature);
    CHECK(verifies(key, scheme_of(key), signature->output));
}

TEST_CASE("keys that share a CKA_ID each sign with their own certificate")
{
    Shelf shelf;
    const auto always = GENERATE(AlwaysAuthenticate::no, AlwaysAuthenticate::yes);
    const std::string kind = GENERATE("rsa2048", "p256");
    const Bytes cka_id = {1};
    const auto one = shelf.softhsm.add_key("Token", {.key = kind}, always, cka_id);
    const auto two = shelf.softhsm.add_key("Token", {.key = kind + "b"}, always, cka_id);
    for (const auto& [certified, key] : {std::pair{one, kind}, {two, kind + "b"}, {one, kind}}) {
        INFO(key);
        const auto signature = shelf.sign(certified, key);
        REQUIRE(signature);
        CHECK(verifies(key, scheme_of(key), signature->output));
    }
}

TEST_CASE("keys that share a curve and a CKA_ID each derive with their own certificate")
{
    Shelf shelf;
    const Bytes cka_id = {1};
    Wanted wanted;
    wanted.key = new_key("P-256");
    const Identity other_side = self_signed(std::move(wanted));
    for (const std::string key : {"p256", "p256b"})
        shelf.softhsm.add_key("Token", {.key = key, .key_usage = "critical,keyAgreement"}, AlwaysAuthenticate::no,
                              cka_id);
    for (const std::string key : {"p256", "p256b"}) {
        const Certified certified{.cka_id = cka_id, .certificate = issue_certificate({.key = key})};
        KeyTask task = shelf.task(certified, Scheme::ecdsa_secp256r1_sha256);
        task.operation = Derivation{point_of(other_side.key.get())};
        const auto secret = perform(shelf.softhsm.module(), task, kPin);
        REQUIRE(secret);
        CHECK(secret->output == derive(other_side, point_of(read_key(key).get())));
    }
}

TEST_CASE("a certificate whose private key is not on the token is reported as such and makes no signature")
{
    Shelf shelf;
    const std::string key = GENERATE("rsa2048", "p256");
    shelf.softhsm.add_key("Token", {.key = key});
    const Certified alone{.cka_id = {GENERATE(std::uint8_t{1}, std::uint8_t{0x77})},
                          .certificate = issue_certificate({.key = key + "b"})};
    shelf.softhsm.add_certificate("Token", alone.certificate, alone.cka_id);
    const auto signature = shelf.sign(alone, key);
    REQUIRE_FALSE(signature);
    CHECK(signature.error().code == ErrorCode::key_not_found);
}
