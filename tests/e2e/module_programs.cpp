#include "tests/e2e/module_programs.h"

#include <fstream>

namespace sceau::test {

namespace fs = std::filesystem;

Arguments openssl_with_engine(const ModuleDesk& desk)
{
    const auto config = desk.folder.write("openssl.cnf", "openssl_conf = init\n[init]\nengines = engines\n[engines]\n"
                                                         "pkcs11 = pkcs11\n[pkcs11]\nengine_id = pkcs11\n"
                                                         "MODULE_PATH = " +
                                                             ModuleDesk::module_path() + "\ninit = 0\n");
    return {"/usr/bin/env", "OPENSSL_CONF=" + config.string(), "/usr/bin/openssl"};
}

std::string nss_store(const ModuleDesk& desk)
{
    std::string store = "sql:" + desk.folder.path().string();
    desk.out_of({"/usr/bin/certutil", "-N", "-d", store, "--empty-password"});
    desk.out_of({"/usr/bin/certutil", "-A", "-d", store, "-n", "ca", "-t", "CT,C,C", "-i", desk.ca});
    desk.out_of(
        {"/usr/bin/modutil", "-dbdir", store, "-force", "-add", "sceau", "-libfile", ModuleDesk::module_path()});
    return store;
}

Gnupg::Gnupg(const ModuleDesk& desk) : desk_(desk)
{
    const fs::path home = desk.file("gnupg");
    fs::create_directory(home);
    fs::permissions(home, fs::perms::owner_all);
    desk.environment["GNUPGHOME"] = home;
    const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(home / name) << text; };
    write("gpg-agent.conf", "scdaemon-program /usr/bin/gnupg-pkcs11-scd\n");
    write("gnupg-pkcs11-scd.conf", "providers sceau\nprovider-sceau-library " + ModuleDesk::module_path() + "\n");
    write("gpgsm.conf", "disable-crl-checks\ndisable-dirmngr\n");
    const std::string print =
        desk.out_of({"/usr/bin/openssl", "x509", "-in", desk.ca, "-noout", "-fingerprint", "-sha1"});
    write("trustlist.txt", print.substr(print.find('=') + 1, 59) + " S relax\n");
    gpgsm({"--import", desk.ca});
    gpgsm({"--learn-card"});
}

Gnupg::~Gnupg()
{
    desk_.run({"/usr/bin/gpgconf", "--kill", "all"});
}

std::string Gnupg::gpgsm(const Arguments& arguments) const
{
    return desk_.out_of(Arguments{"/usr/bin/gpgsm", "--batch", "--yes"} + arguments);
}

Arguments operator+(Arguments one, const Arguments& other)
{
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

} // namespace sceau::test
