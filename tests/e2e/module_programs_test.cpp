// Other people's programs with sceau-pkcs11.so: what each signs verifies and costs one PIN.
#include "tests/e2e/module_programs.h"

#include <catch2/catch.hpp>

using namespace sceau::test;

namespace {

const std::string kMail = "Content-Type: text/plain\r\n\r\nBonjour\r\n";

std::string cms_verified(const ModuleDesk& desk, const std::filesystem::path& mail, const std::string& form)
{
    return desk.run({"/usr/bin/openssl", "cms", "-verify", "-inform", form, "-in", mail, "-CAfile", desk.ca}).err;
}

} // namespace

TEMPLATE_TEST_CASE("pkcs11-tool lists the certificates and keys", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const std::string objects = desk.out_of(ModuleDesk::pkcs11_tool({"-O"}));
    for (const char* label : kLabels)
        CHECK_THAT(objects, Catch::Contains(label));
    CHECK_THAT(objects, Catch::Contains("Private Key Object; EC"));
    CHECK_THAT(desk.out_of(ModuleDesk::pkcs11_tool({"-L"})), Catch::Contains(desk.token));
    CHECK(desk.person.times_asked() == 0);
}

TEMPLATE_TEST_CASE("pkcs11-tool signs with every mechanism, with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto data = desk.folder.write("data", std::string(3000, 'x')); // long enough to be passed in parts
    const std::vector<std::tuple<std::string, std::string, std::string, Arguments>> ways = {
        {"Alice Example", "SHA256-RSA-PKCS", "-sha256", {}},
        {"Alice Example", "SHA512-RSA-PKCS", "-sha512", {}},
        {"Carol Example", "SHA384-RSA-PKCS-PSS", "-sha384", {"-sigopt", "rsa_padding_mode:pss"}},
        {"Bob Example", "ECDSA-SHA256", "-sha256", {}},
        {"Bob Example", "ECDSA-SHA512", "-sha512", {}},
    };
    desk.will_sign(ways.size());
    for (const auto& [label, mechanism, hash, options] : ways) {
        INFO(label << " " << mechanism);
        const auto signature = desk.file("signature");
        desk.out_of(ModuleDesk::pkcs11_tool({"--sign", "--mechanism", mechanism, "--id", desk.id_of(label),
                                             "--signature-format", "openssl", "--input-file", data, "--output-file",
                                             signature}));
        Arguments verify = {"/usr/bin/openssl",        "dgst",       hash,     "-verify",
                            desk.public_key_of(label), "-signature", signature};
        verify.insert(verify.end(), options.begin(), options.end());
        verify.push_back(data);
        CHECK(desk.out_of(verify) == "Verified OK\n");
    }
    CHECK(desk.person.times_asked() == ways.size());
}

TEMPLATE_TEST_CASE("a program that knows the key by the token's own CKA_ID uses it", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto data = desk.folder.write("data", "text");
    desk.will_sign(3);
    for (const char* label : kLabels) {
        const std::string id = desk.cka_id_of(label);
        CHECK_THAT(desk.out_of(ModuleDesk::pkcs11_tool({"-O", "--id", id})),
                   Catch::Contains(label) && Catch::Contains("ID:         " + id + "\n"));
        std::string in_uri;
        for (std::size_t i = 0; i < id.size(); i += 2)
            in_uri += "%" + id.substr(i, 2);
        const Ended ended = desk.run({"/usr/bin/p11tool", "--provider", ModuleDesk::module_path(), "--test-sign",
                                      "pkcs11:token=" + ModuleDesk::in_uri(desk.token) + ";id=" + in_uri});
        INFO(ended.out << ended.err);
        CHECK(ended.status == 0);
    }
    CHECK(desk.person.times_asked() == 3);
}

TEMPLATE_TEST_CASE("pkcs11-tool verifies and hashes without a PIN", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto data = desk.folder.write("data", "text");
    const auto signature = desk.file("signature");
    desk.will_sign(2);
    for (const auto& [label, mechanism] :
         {std::pair{"Alice Example", "SHA256-RSA-PKCS"}, std::pair{"Bob Example", "ECDSA-SHA256"}}) {
        const Arguments of_key = {"--mechanism", mechanism, "--id", desk.id_of(label), "--input-file", data};
        desk.out_of(ModuleDesk::pkcs11_tool(Arguments{"--sign", "--output-file", signature} + of_key));
        CHECK_THAT(desk.out_of(ModuleDesk::pkcs11_tool(Arguments{"--verify", "--signature-file", signature} + of_key)),
                   Catch::Contains("Signature is valid"));
    }
    CHECK(desk.person.times_asked() == 2);
    desk.out_of(ModuleDesk::pkcs11_tool(
        {"--hash", "--mechanism", "SHA256", "--input-file", data, "--output-file", desk.file("digest")}));
    CHECK(std::filesystem::file_size(desk.file("digest")) == 32);
    CHECK(desk.person.times_asked() == 2);
}

TEMPLATE_TEST_CASE("pkcs11-tool finds no fault in the module, whatever PIN it has, and after a fork", "", OnSoftHsm,
                   OnCard)
{
    const TestType desk;
    desk.will_sign(4); // it also decrypts, with two mechanisms
    CHECK_THAT(desk.out_of(ModuleDesk::pkcs11_tool({"--test"})), Catch::EndsWith("No errors\n"));
    CHECK(desk.person.times_asked() == 2);
    CHECK_THAT(desk.out_of(ModuleDesk::pkcs11_tool({"--login", "--pin", "0000", "--test"})),
               Catch::EndsWith("No errors\n"));
    CHECK(desk.person.times_asked() == 4);
    CHECK(desk.run(ModuleDesk::pkcs11_tool({"--test-fork"})).status == 0);
    CHECK(desk.person.times_asked() == 4);
}

TEMPLATE_TEST_CASE("pkcs11-tool uses the module from threads while it signs", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    desk.will_sign(1);
    Arguments arguments = {"--sign",
                           "--mechanism",
                           "SHA256-RSA-PKCS",
                           "--id",
                           desk.id_of("Alice Example"),
                           "--input-file",
                           desk.folder.write("data", "text"),
                           "--output-file",
                           "/dev/null"};
    for (int i = 0; i < 3; ++i)
        arguments.insert(arguments.end(), {"--test-threads", "ILGISLT0"});
    const Ended ended = desk.run(ModuleDesk::pkcs11_tool(arguments));
    CHECK_THAT(ended.out + ended.err, Catch::Contains("all threads have ended with CKR_OK"));
    CHECK(desk.person.times_asked() == 1);
}

TEMPLATE_TEST_CASE("OpenSSL's engine signs a mail with one PIN", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto text = desk.folder.write("mail", kMail);
    const auto sign = [&](const std::string& label) {
        return desk.run(openssl_with_engine(desk) + Arguments{"cms", "-sign", "-engine", "pkcs11", "-keyform", "engine",
                                                              "-inkey", desk.uri_of(label), "-signer",
                                                              desk.certificate_of(label), "-in", text, "-out",
                                                              desk.file("signed")});
    };
    desk.will_sign(3);
    for (const char* label : kLabels) {
        const Ended ended = sign(label);
        INFO(ended.err);
        CHECK(ended.status == 0);
        CHECK_THAT(cms_verified(desk, desk.file("signed"), "SMIME"), Catch::Contains("Verification successful"));
    }
    CHECK(desk.person.times_asked() == 3);
    desk.person.will_answer({"cancel", "pin 123456"});
    const int status = sign("Bob Example").status;
    CHECK((status > 0 && status < 128)); // not a crash
    CHECK(desk.person.times_asked() == 4);
}

TEMPLATE_TEST_CASE("libp11 finds the keys and signs with each, with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    desk.will_sign(3);
    const std::string signed_by =
        desk.out_of({std::string(SCEAU_BINARY_DIR) + "/tests/libp11-sign", ModuleDesk::module_path()});
    for (const char* label : kLabels)
        CHECK_THAT(signed_by, Catch::Contains(label));
    CHECK(desk.person.times_asked() == 3);
}

TEMPLATE_TEST_CASE("GnuTLS lists the objects and signs with each key, with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const Arguments p11tool = {"/usr/bin/p11tool", "--provider", ModuleDesk::module_path()};
    CHECK_THAT(desk.out_of(p11tool + Arguments{"--list-all"}), Catch::Contains("Label: Bob Example"));
    desk.will_sign(3);
    for (const char* label : kLabels) {
        const Ended ended = desk.run(p11tool + Arguments{"--test-sign", desk.uri_of(label)});
        INFO(ended.out << ended.err);
        CHECK(ended.status == 0);
    }
    CHECK(desk.person.times_asked() == 3);
}

TEMPLATE_TEST_CASE("p11-kit serves the module as it is installed, by its name alone", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto folder = desk.folder.path();
    std::filesystem::create_directories(folder / "modules");
    std::filesystem::create_directories(folder / "pkcs11");
    std::filesystem::copy(std::filesystem::path(SCEAU_SOURCE_DIR) / "packaging/p11-kit/sceau.module",
                          folder / "modules");
    std::filesystem::copy(ModuleDesk::module_path(), folder / "pkcs11");
    const std::string variable = "pkg-config p11-kit-1 --variable=";
    CHECK_THAT(desk.out_of({"/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-ec",
                            "mount --bind " + (folder / "modules").string() + " $(" + variable +
                                "p11_module_configs); mount --bind " + (folder / "pkcs11").string() + " $(" + variable +
                                "p11_module_path); exec p11tool --list-token-urls"}),
               Catch::Contains("token=" + ModuleDesk::in_uri(desk.token)));
}

TEMPLATE_TEST_CASE("NSS lists the certificates and signs mails, with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const std::string store = nss_store(desk);
    // The exit status reflects the spare slot, whose token modutil cannot read.
    CHECK_THAT(desk.run({"/usr/bin/modutil", "-dbdir", store, "-list", "sceau"}).out,
               Catch::Contains("Public (no login required)"));
    CHECK_THAT(desk.out_of({"/usr/bin/certutil", "-L", "-d", store, "-h", "all"}),
               Catch::Contains(desk.token + ":Bob Example"));
    const auto text = desk.folder.write("mail", kMail);
    desk.will_sign(2);
    for (const char* label : {"Bob Example", "Carol Example"}) {
        const auto mail = desk.file("signed.der");
        desk.out_of({"/usr/bin/cmsutil", "-S", "-d", store, "-N", desk.token + ":" + label, "-H", "SHA256", "-i", text,
                     "-o", mail});
        CHECK(desk.out_of({"/usr/bin/cmsutil", "-D", "-d", store, "-i", mail}) == kMail);
        CHECK_THAT(cms_verified(desk, mail, "DER"), Catch::Contains("Verification successful"));
    }
    CHECK(desk.person.times_asked() == 2);
}

TEMPLATE_TEST_CASE("ssh-keygen finds the keys", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const std::string keys = desk.out_of({"/usr/bin/ssh-keygen", "-D", ModuleDesk::module_path()});
    CHECK_THAT(keys, Catch::Contains("ssh-rsa ") && Catch::Contains(" Alice Example\n"));
    CHECK_THAT(keys, Catch::Contains("ecdsa-sha2-nistp") && Catch::Contains(" Bob Example\n"));
    CHECK(desk.person.times_asked() == 0);
}
