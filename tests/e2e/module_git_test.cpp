// git and gpgsm with sceau-pkcs11.so: through gnupg-pkcs11-scd, and through ssh-agent.
#include "mail/cms/openssl.h"
#include "tests/e2e/module_programs.h"
#include "tests/support/pcsc_readers.h"

#include <catch2/catch.hpp>

using namespace sceau::test;
using namespace sceau::mail;

namespace {

class Repository {
  public:
    Repository(const ModuleDesk& desk, const Arguments& settings) : desk_(desk)
    {
        desk.environment["HOME"] = desk.folder.path();
        desk.environment["GIT_CONFIG_NOSYSTEM"] = "1";
        git({"init", "-q"});
        for (const std::string& setting : settings)
            git({"config", setting.substr(0, setting.find('=')), setting.substr(setting.find('=') + 1)});
    }

    void git(const Arguments& arguments) const
    {
        desk_.out_of(Arguments{"/usr/bin/git", "-C", desk_.folder.path()} + arguments);
    }

    void check_that_commits_are_signed(const std::string& key) const
    {
        git({"commit", "-q", "--allow-empty", "-m", "signed", "--gpg-sign=" + key});
        git({"verify-commit", "HEAD"});
    }

  private:
    const ModuleDesk& desk_;
};

// gpg-agent 2.2 puts a zero before each RSA signature of a card that begins with a set bit.
void drop_gpg_agents_zero(CMS_ContentInfo* signed_data)
{
    CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(signed_data), 0);
    ASN1_OCTET_STRING* signature = CMS_SignerInfo_get0_signature(signer);
    const unsigned char* bytes = ASN1_STRING_get0_data(signature);
    const int size = ASN1_STRING_length(signature);
    if (size % 2 != 0 && bytes[0] == 0 && (bytes[1] & 0x80) != 0)
        ASN1_STRING_set(signature, std::string(bytes + 1, bytes + size).data(), size - 1);
}

bool verifies(const std::string& signed_data, const std::string& content, const std::filesystem::path& ca)
{
    const auto bio = [](const std::string& bytes) {
        return cms::BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    };
    const cms::CmsPtr message(d2i_CMS_bio(bio(signed_data).get(), nullptr));
    const cms::X509StorePtr trusted(X509_STORE_new());
    X509_STORE_load_file(trusted.get(), ca.c_str());
    drop_gpg_agents_zero(message.get());
    return CMS_verify(message.get(), nullptr, trusted.get(), bio(content).get(), nullptr, CMS_BINARY) == 1;
}

} // namespace

TEMPLATE_TEST_CASE("gpgsm signs mails with one PIN each, and all verify apart from a zero that gpg-agent adds", "",
                   OnSoftHsm, OnCard)
{
    const TestType desk;
    const Gnupg gnupg(desk);
    constexpr std::size_t kMails = 6;
    desk.will_sign(kMails);
    CHECK_THAT(gnupg.gpgsm({"--list-secret-keys"}), Catch::Contains("Alice Example"));
    for (std::size_t i = 0; i < kMails; ++i) {
        const std::string text = "Content-Type: text/plain\r\n\r\nBonjour " + std::to_string(i) + "\r\n";
        const auto mail = desk.folder.write("mail", text);
        gnupg.gpgsm({"--detach-sign", "-u", "alice@example.org", "--output", desk.file("mail.p7s"), mail});
        gnupg.gpgsm({"--verify", desk.file("mail.p7s"), mail});
        CHECK(verifies(desk.folder.read("mail.p7s"), text, desk.ca));
    }
    CHECK(desk.person.times_asked() == kMails);
}

TEMPLATE_TEST_CASE("git signs commits through gpgsm with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const Gnupg gnupg(desk);
    const Repository repository(desk, {"user.name=Alice", "user.email=alice@example.org", "gpg.format=x509"});
    desk.will_sign(2);
    for (const char* key : {"alice@example.org", "carol@example.org"})
        repository.check_that_commits_are_signed(key);
    CHECK(desk.person.times_asked() == 2);
}

TEMPLATE_TEST_CASE("git signs commits with each key in ssh-agent with one PIN each", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto socket = desk.file("ssh-agent");
    const auto agent = desk.start({"/usr/bin/ssh-agent", "-D", "-a", socket, "-P", ModuleDesk::module_path()});
    wait_until("ssh-agent listens", [&] { return std::filesystem::exists(socket); });
    desk.environment["SSH_AUTH_SOCK"] = socket;
    desk.environment["SSH_ASKPASS"] = "/bin/true"; // says nothing: an empty PIN
    desk.environment["SSH_ASKPASS_REQUIRE"] = "force";
    desk.out_of({"/usr/bin/ssh-add", "-s", ModuleDesk::module_path()});
    std::istringstream keys(desk.out_of({"/usr/bin/ssh-add", "-L"}));
    const auto signers = desk.file("signers");
    const Repository repository(desk, {"user.name=Alice", "user.email=alice@example.org", "gpg.format=ssh",
                                       "gpg.ssh.allowedSignersFile=" + signers.string()});
    desk.will_sign(3);
    for (std::string key; std::getline(keys, key);) {
        desk.folder.write("signers", "alice@example.org " + key + "\n");
        repository.check_that_commits_are_signed("key::" + key);
    }
    CHECK(desk.person.times_asked() == 3);
}
