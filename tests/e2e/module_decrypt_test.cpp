// Other people's programs with sceau-pkcs11.so: they decrypt what was encrypted for a key of the token, for one PIN.
#include "tests/e2e/module_programs.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

namespace {

const std::string kMail = "Content-Type: text/plain\r\n\r\nBonjour\r\n";
const std::string kCarol = "Carol Example";

/// An S/MIME mail to Carol.
std::filesystem::path encrypted_mail(const ModuleDesk& desk, const Arguments& options = {})
{
    auto mail = desk.file("encrypted");
    desk.out_of(Arguments{"/usr/bin/openssl", "cms", "-encrypt", "-aes256", "-binary", "-in",
                          desk.folder.write("mail", kMail), "-out", mail, "-recip", desk.certificate_of(kCarol)} +
                options);
    return mail;
}

Arguments decryption_with_engine(const ModuleDesk& desk, const std::filesystem::path& mail)
{
    return openssl_with_engine(desk) + Arguments{"cms",
                                                 "-decrypt",
                                                 "-binary",
                                                 "-engine",
                                                 "pkcs11",
                                                 "-keyform",
                                                 "engine",
                                                 "-inkey",
                                                 desk.uri_of(kCarol),
                                                 "-recip",
                                                 desk.certificate_of(kCarol),
                                                 "-in",
                                                 mail};
}

} // namespace

TEMPLATE_TEST_CASE("pkcs11-tool decrypts with every mechanism, with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const Arguments encrypt = {"/usr/bin/openssl",
                               "pkeyutl",
                               "-encrypt",
                               "-pubin",
                               "-inkey",
                               desk.public_key_of(kCarol),
                               "-in",
                               desk.folder.write("secret", "a secret"),
                               "-out",
                               desk.file("encrypted")};
    const Arguments decrypt = ModuleDesk::pkcs11_tool({"--decrypt", "--id", desk.id_of(kCarol), "--input-file",
                                                       desk.file("encrypted"), "--output-file", desk.file("plain")});
    std::vector<std::pair<Arguments, Arguments>> ways = {{{}, {"--mechanism", "RSA-PKCS"}}};
    for (const std::string hash : {"sha1", "sha256", "sha384", "sha512"})
        ways.push_back(
            {{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:" + hash, "-pkeyopt",
              "rsa_mgf1_md:" + hash},
             {"--mechanism", "RSA-PKCS-OAEP", "--hash-algorithm", hash == "sha1" ? "SHA-1" : "SHA" + hash.substr(3)}});
    desk.will_sign(ways.size());
    for (const auto& [encryption, decryption] : ways) {
        desk.out_of(encrypt + encryption);
        desk.out_of(decrypt + decryption);
        CHECK(desk.folder.read("plain") == "a secret");
    }
    CHECK(desk.person.times_asked() == ways.size());
}

TEMPLATE_TEST_CASE("pkcs11-tool derives the secret that the other side has, with one PIN", "", OnSoftHsm, OnCard)
{
    const TestType desk(Encryption::ec);
    const auto carols = desk.public_key_of(kCarol);
    const auto own = desk.file("own.pem");
    const auto point = desk.file("own.der");
    desk.out_of({"/usr/bin/openssl", "ec", "-pubin", "-in", carols, "-param_out", "-out", desk.file("curve")});
    desk.out_of({"/usr/bin/openssl", "genpkey", "-paramfile", desk.file("curve"), "-out", own});
    desk.out_of({"/usr/bin/openssl", "pkey", "-in", own, "-pubout", "-outform", "DER", "-out", point});
    desk.out_of(
        {"/usr/bin/openssl", "pkeyutl", "-derive", "-inkey", own, "-peerkey", carols, "-out", desk.file("secret")});
    desk.will_sign(1);
    desk.out_of(ModuleDesk::pkcs11_tool({"--derive", "--mechanism", "ECDH1-DERIVE", "--id", desk.id_of(kCarol),
                                         "--input-file", point, "--output-file", desk.file("derived")}));
    CHECK(desk.folder.read("derived") == desk.folder.read("secret"));
    CHECK(desk.person.times_asked() == 1);
}

TEMPLATE_TEST_CASE("OpenSSL's engine opens a mail to an RSA key with one PIN, and not without", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    desk.will_sign(2);
    CHECK(desk.out_of(decryption_with_engine(desk, encrypted_mail(desk))) == kMail);
    CHECK(desk.out_of(decryption_with_engine(desk, encrypted_mail(desk, {"-keyopt", "rsa_padding_mode:oaep"}))) ==
          kMail);
    CHECK(desk.person.times_asked() == 2);
    desk.person.will_answer({"cancel", "pin 123456"});
    const Ended refused = desk.run(decryption_with_engine(desk, encrypted_mail(desk)));
    CHECK(refused.status < 128); // not a crash; OpenSSL decrypts with a made-up key, which may go unnoticed
    CHECK(refused.out.find("Bonjour") == std::string::npos);
    CHECK(desk.person.times_asked() == 3);
}

TEMPLATE_TEST_CASE("OpenSSL's engine opens a mail to a key on a curve with one PIN", "", OnSoftHsm, OnCard)
{
    const TestType desk(Encryption::ec);
    desk.will_sign(1);
    CHECK(desk.out_of(decryption_with_engine(desk, encrypted_mail(desk))) == kMail);
    CHECK(desk.person.times_asked() == 1);
}

TEMPLATE_TEST_CASE("NSS opens a mail with one PIN", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const std::string store = nss_store(desk);
    const auto mail = encrypted_mail(desk, {"-outform", "DER"});
    desk.will_sign(1);
    CHECK(desk.out_of({"/usr/bin/cmsutil", "-D", "-d", store, "-i", mail}) == kMail);
    CHECK(desk.person.times_asked() == 1);
}

TEMPLATE_TEST_CASE("gpgsm opens mails with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const Gnupg gnupg(desk);
    desk.will_sign(2);
    CHECK(gnupg.gpgsm({"--decrypt", encrypted_mail(desk, {"-outform", "DER"})}) == kMail);
    gnupg.gpgsm({"--encrypt", "--recipient", "carol@example.org", "--output", desk.file("own"), desk.file("mail")});
    CHECK(gnupg.gpgsm({"--decrypt", desk.file("own")}) == kMail);
    CHECK(desk.person.times_asked() == 2);
}
