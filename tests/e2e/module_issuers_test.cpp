// The issuers that the agent knows, as other people's programs see them through the module: none of them is on a card.
#include "tests/e2e/module_programs.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

namespace {

constexpr const char* kIssuer = "Sceau Test Issuing CA";

} // namespace

TEST_CASE("programs see the issuer's certificate on the token, without a key of its own")
{
    const OnCardOfIntermediate desk;
    const std::string certificates = desk.out_of(ModuleDesk::pkcs11_tool({"-O", "--type", "cert"}));
    CHECK_THAT(certificates, Catch::Contains(std::string("label:      ") + kIssuer));
    CHECK_THAT(desk.out_of(ModuleDesk::pkcs11_tool({"-O", "--type", "privkey"})), !Catch::Contains(kIssuer));
    const std::string listed =
        desk.out_of({"/usr/bin/p11tool", "--provider", ModuleDesk::module_path(), "--list-all-certs"});
    CHECK_THAT(listed, Catch::Contains(std::string("Label: ") + kIssuer));
    CHECK(desk.person.times_asked() == 0);
}

TEST_CASE("NSS, which knows the root alone, takes the issuer's certificate from the token into its signature")
{
    const OnCardOfIntermediate desk;
    const std::string store = nss_store(desk);
    const auto text = desk.folder.write("mail", "Content-Type: text/plain\r\n\r\nBonjour\r\n");
    const auto mail = desk.file("signed.der");
    desk.will_sign(1);
    desk.out_of({"/usr/bin/cmsutil", "-S", "-d", store, "-N", desk.token + ":Alice Example", "-H", "SHA256", "-i", text,
                 "-o", mail});
    const Ended verified =
        desk.run({"/usr/bin/openssl", "cms", "-verify", "-inform", "DER", "-in", mail, "-CAfile", desk.ca});
    CHECK_THAT(verified.err, Catch::Contains("Verification successful"));
}

TEST_CASE("NSS, which knows the root alone, verifies what the command has signed")
{
    const OnCardOfIntermediate desk;
    const std::string store = nss_store(desk);
    desk.will_sign(1);
    const auto mail =
        desk.folder.write("signed.eml", desk.out_of(desk.sceau({"sign"}), mail_from("alice@example.org")));
    const auto pem = desk.file("signature.pem");
    const auto der = desk.file("signature.der");
    desk.out_of({"/usr/bin/openssl", "smime", "-pk7out", "-in", mail, "-out", pem});
    desk.out_of({"/usr/bin/openssl", "pkcs7", "-in", pem, "-outform", "DER", "-out", der});
    const auto content = desk.file("content");
    desk.out_of(desk.sceau({"verify", "--ca", desk.ca, "--content", content, mail}));
    desk.out_of({"/usr/bin/modutil", "-dbdir", store, "-force", "-delete", "sceau"});
    const std::string report =
        desk.out_of({"/usr/bin/cmsutil", "-D", "-h", "1", "-n", "-d", store, "-i", der, "-c", content});
    CHECK_THAT(report, Catch::Contains("signer0.status=GoodSignature"));
}
