// OpenSC uses the virtual card through the real pcscd.
#include "tests/support/private_pcscd.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::test;
using Catch::Matchers::Contains;

namespace {

/// OpenSC's CKA_ID of each slot.
const std::map<PivSlot, std::string> kIds = {
    {PivSlot::authentication, "01"}, {PivSlot::signature, "02"}, {PivSlot::key_management, "03"}};

struct Desk {
    explicit Desk(CardProfile profile = {}) : card(std::move(profile)) {}

    std::string tool(std::vector<std::string> command) const { return run(command, pcscd.environment()); }
    std::string pkcs11_tool(std::vector<std::string> arguments) const
    {
        arguments.insert(arguments.begin(), {"pkcs11-tool", "--module", kOpenscModule});
        return tool(std::move(arguments));
    }
    std::string with_key(PivSlot slot, std::vector<std::string> arguments) const
    {
        arguments.insert(arguments.end(), {"--login", "--pin", card.profile().pin, "--id", kIds.at(slot),
                                           "--input-file", file("in"), "--output-file", file("out")});
        return pkcs11_tool(std::move(arguments));
    }
    std::string file(const std::string& name) const { return folder.path() / name; }
    /// Returns the PEM of the public key in the card's certificate.
    std::string public_key(PivSlot slot) const
    {
        folder.write("certificate.der", std::string(base::as_text(card.certificate(slot))));
        run({"openssl", "x509", "-inform", "DER", "-in", file("certificate.der"), "-noout", "-pubkey", "-out",
             file("public.pem")});
        return file("public.pem");
    }

    TemporaryFolder folder;
    VirtualCard card;
    PrivatePcscd pcscd{{&card}};
};

CardProfile with(PivSlot slot, const std::string& key, const std::string& usage = "critical,digitalSignature")
{
    CardProfile profile;
    profile.keys = {{slot, {.key = key, .key_usage = usage}}};
    return profile;
}

} // namespace

TEST_CASE("OpenSC shows the card as a token with its serial number")
{
    CardProfile profile;
    profile.guid = base::from_hex("00112233445566778899aabbccddeeff").value();
    const Desk desk(profile);
    const std::string slots = desk.pkcs11_tool({"--list-slots"});
    CHECK_THAT(slots, Contains("Virtual token 00 00"));
    CHECK_THAT(slots, Contains("token manufacturer : piv_II"));
    CHECK_THAT(slots, Contains("serial num         : 8899aabbccddeeff"));
    CHECK_THAT(desk.tool({"opensc-tool", "--name"}), Contains("Personal Identity Verification Card"));
}

TEST_CASE("OpenSC lists the certificates of the three slots")
{
    const Desk desk;
    const std::string objects = desk.pkcs11_tool({"--list-objects", "--type", "cert"});
    for (const char* label : {"PIV Authentication", "Digital Signature", "Key Management"})
        CHECK_THAT(objects, Contains(std::string("Certificate for ") + label));
    CHECK_THAT(objects, Contains("DN: CN=Signature"));
}

TEST_CASE("OpenSC signs with RSA, and OpenSSL verifies it")
{
    const PivSlot slot = GENERATE(PivSlot::authentication, PivSlot::signature);
    const Desk desk(with(slot, "rsa2048"));
    desk.folder.write("in", "to be signed");
    desk.with_key(slot, {"--sign", "--mechanism", "SHA256-RSA-PKCS"});
    CHECK_THAT(run({"openssl", "dgst", "-sha256", "-verify", desk.public_key(slot), "-signature", desk.file("out"),
                    desk.file("in")}),
               Contains("Verified OK"));
    CHECK(desk.card.counters().private_uses.at(slot) == 1);
}

TEST_CASE("OpenSC signs with both curves, and OpenSSL verifies it")
{
    const auto [key, size] = GENERATE(table<std::string, std::size_t>({{"p256", 32}, {"p384", 48}}));
    const PivSlot slot = GENERATE(PivSlot::authentication, PivSlot::signature);
    const Desk desk(with(slot, key));
    desk.folder.write("in", std::string(size, 'h')); // a hash
    desk.with_key(slot, {"--sign", "--mechanism", "ECDSA", "--signature-format", "openssl"});
    CHECK_THAT(run({"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", desk.public_key(slot), "-sigfile",
                    desk.file("out"), "-in", desk.file("in")}),
               Contains("Signature Verified Successfully"));
}

TEST_CASE("OpenSC deciphers with 9D")
{
    const Desk desk;
    desk.folder.write("secret", "for 9D only");
    run({"openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", desk.public_key(PivSlot::key_management), "-in",
         desk.file("secret"), "-out", desk.file("in")});
    desk.with_key(PivSlot::key_management, {"--decrypt", "--mechanism", "RSA-PKCS"});
    CHECK(desk.folder.read("out") == "for 9D only");
}

TEST_CASE("OpenSC agrees on a secret with 9D")
{
    const Desk desk(with(PivSlot::key_management, "p256", "critical,keyAgreement"));
    run({"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", desk.file("other.pem")});
    run({"openssl", "pkey", "-in", desk.file("other.pem"), "-pubout", "-outform", "DER", "-out", desk.file("in")});
    run({"openssl", "pkeyutl", "-derive", "-inkey", desk.file("other.pem"), "-peerkey",
         desk.public_key(PivSlot::key_management), "-out", desk.file("secret")});
    desk.with_key(PivSlot::key_management, {"--derive", "--mechanism", "ECDH1-DERIVE"});
    CHECK(desk.folder.read("out") == desk.folder.read("secret"));
}

TEST_CASE("OpenSC sees wrong PINs lock the card, and the PUK unlock it")
{
    const Desk desk;
    const auto log_in = [&](const std::string& pin) { desk.pkcs11_tool({"--login", "--pin", pin, "--list-slots"}); };
    CHECK_THROWS_WITH(log_in("000000"), Contains("CKR_PIN_INCORRECT"));
    CHECK_THROWS_WITH(log_in("000000"), Contains("CKR_PIN_INCORRECT"));
    CHECK_THAT(desk.pkcs11_tool({"--list-slots"}), Contains("final user PIN try"));
    CHECK_THROWS_WITH(log_in("000000"), Contains("CKR_PIN_INCORRECT"));
    CHECK_THROWS_WITH(log_in(desk.card.profile().pin), Contains("CKR_PIN_LOCKED"));
    CHECK_THAT(desk.pkcs11_tool({"--list-slots"}), Contains("user PIN locked"));

    desk.tool(
        {"pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--puk", desk.card.profile().puk, "--new-pin", "654321"});
    CHECK(desk.card.pin_tries_left() == 3);
    CHECK_NOTHROW(log_in("654321"));
}
