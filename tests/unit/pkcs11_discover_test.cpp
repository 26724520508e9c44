#include "pkcs11/token/opensc.h"
#include "tests/faulty-module/faults.h"
#include "tests/unit/pkcs11_steps.h"

#include <algorithm>

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::pkcs11::token;
using namespace sceau::test;

TEST_CASE("discovery reports every initialised token with its certificates and leaves out the uninitialised slot")
{
    SoftHsm softhsm;
    softhsm.add_token("Direction 2026");
    softhsm.add_token("Audit");
    const auto rsa = softhsm.add_key("Direction 2026", {.key = "rsa2048"});
    const auto ec = softhsm.add_key("Direction 2026", {.key = "p384"});

    auto tokens = discover(softhsm.module());
    REQUIRE(tokens.size() == 2);
    std::ranges::sort(tokens, {}, [](const Token& token) { return token.identity.label; });
    CHECK(tokens[0].identity.label == "Audit");
    CHECK(tokens[0].certificates.empty());
    const Token& token = tokens[1];
    CHECK(token.identity.label == "Direction 2026");
    CHECK(token.identity.manufacturer == "SoftHSM project");
    CHECK(token.identity.model == "SoftHSM v2");
    CHECK(token.identity.serial.size() == 16);
    CHECK(token.reader.starts_with("SoftHSM slot ID"));
    CHECK(token.pin == PinState{.shortest = 4, .longest = 255});
    REQUIRE(token.certificates.size() == 2);
    for (const auto& added : {rsa, ec})
        CHECK(std::ranges::count(token.certificates, Certificate{added.cka_id, added.certificate}) == 1);
}

TEST_CASE("a store without a token is discovered as no token")
{
    const SoftHsm softhsm;
    CHECK(discover(softhsm.module()).empty());
}

TEST_CASE("an Ed25519 key on a token hides no certificate")
{
    SoftHsm softhsm;
    softhsm.add_token("Mixed");
    softhsm.add_ed25519_key("Mixed");
    const auto key = softhsm.add_key("Mixed", {.key = "p256"});
    const auto tokens = discover(softhsm.module());
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].certificates == std::vector{Certificate{key.cka_id, key.certificate}});
}

TEST_CASE("a certificate without a CKA_ID is left out and the others are not")
{
    SoftHsm softhsm;
    softhsm.add_token("Token");
    softhsm.add_certificate("Token", ca_certificate(), {});
    const auto key = softhsm.add_key("Token", {.key = "p256"});
    const auto tokens = discover(softhsm.module());
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].certificates == std::vector{Certificate{key.cka_id, key.certificate}});
}

TEST_CASE("discovery reports the PIN flags of a token")
{
    SoftHsm softhsm;
    softhsm.add_token("Token");
    const Faults faults;
    const auto pin_state = [&](const std::string& fault) {
        faults.order({"C_GetTokenInfo " + fault});
        return discover(faults.module(softhsm)).at(0).pin;
    };
    const auto with = [](PinState flags) {
        flags.shortest = 4;
        flags.longest = 255;
        return flags;
    };
    CHECK(pin_state("final-try") == with({.low = true, .final_try = true}));
    CHECK(pin_state("locked") == with({.locked = true}));
    CHECK(pin_state("pad") == with({.pad = true}));
    CHECK(pin_state("to-be-changed") == with({.to_be_changed = true}));
    CHECK(pin_state("no-pin") == with({.not_set = true}));
}

TEST_CASE("a label that is not UTF-8 is reported as valid UTF-8 and its token is found by it again")
{
    SoftHsm softhsm;
    softhsm.add_token("Token");
    const auto key = softhsm.add_key("Token", {.key = "p256"});
    const Faults faults;
    faults.order({"C_GetTokenInfo latin-1-label"});
    const Module module = faults.module(softhsm);
    CHECK(discover(module).at(0).identity.label == "Pr\uFFFDsident");
    const auto task = sign_task(module, "Pr\uFFFDsident", key.cka_id, base::Scheme::ecdsa_secp256r1_sha256);
    CHECK(perform(module, task, kPin));
}

TEST_CASE("OpenSC without a reader shows no tokens, which is not a failure")
{
    CHECK(discover({.path = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
                    .environment = {{"PCSCLITE_CSOCK_NAME", "/nonexistent"}}})
              .empty());
}

TEST_CASE("the public keys that a token shows are reported with their names, whatever other keys it has")
{
    SoftHsm softhsm;
    softhsm.add_token("Token");
    softhsm.add_ed25519_key("Token");
    for (const auto& [key, cka_id] : {std::pair<std::string, base::Bytes>{"rsa2048", {0x11}}, {"p384", {0x22}}})
        softhsm.add_public_key("Token", key, key + " of a server", cka_id);
    const auto tokens = discover(softhsm.module());
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].certificates.empty());
    REQUIRE(tokens[0].keys.size() == 2);
    for (const KeyObject& key : tokens[0].keys) {
        const std::string name = key.cka_id == base::Bytes{0x11} ? "rsa2048" : "p384";
        CHECK(key.label == name + " of a server");
        CHECK(key.public_key == public_key_of(issue_certificate({.key = name})));
    }
}

TEST_CASE("a folder is used for certificates only if everything in it is complete and it has room for more")
{
    const TemporaryFolder folder;
    CHECK(is_whole_and_has_room(folder.path()));
    CHECK(std::filesystem::is_empty(folder.path()));
    folder.write("card", "a certificate");
    CHECK(is_whole_and_has_room(folder.path()));
    folder.write("card 2", "");
    CHECK_FALSE(is_whole_and_has_room(folder.path()));
    CHECK_FALSE(is_whole_and_has_room(folder.path() / "card"));
    CHECK_FALSE(is_whole_and_has_room(folder.path() / "none"));
    CHECK_FALSE(is_whole_and_has_room({}));
    CHECK_FALSE(is_whole_and_has_room("/proc"));
}
