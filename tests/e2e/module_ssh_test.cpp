// An ssh login with a key on the token. sshd serves one connection on its standard input, so nothing listens.
#include "tests/e2e/module_desk.h"

#include <catch2/catch.hpp>
#include <pwd.h>
#include <unistd.h>

using namespace sceau::test;

TEMPLATE_TEST_CASE("ssh logs in with one PIN", "", OnSoftHsm, OnCard)
{
    const TestType desk;
    std::error_code error;
    std::filesystem::create_directories("/run/sshd", error); // sshd needs this folder, which its unit normally makes
    const auto host_key = desk.file("host_key");
    desk.out_of({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host_key});
    const auto keys =
        desk.folder.write("authorized_keys", desk.out_of({"/usr/bin/ssh-keygen", "-D", ModuleDesk::module_path()}));
    const auto config =
        desk.folder.write("sshd_config", "HostKey " + host_key.string() + "\nAuthorizedKeysFile " + keys.string() +
                                             "\nStrictModes no\nUsePAM no\nPidFile none\n"
                                             "PermitRootLogin yes\n");
    desk.will_sign(1);
    const std::string user = ::getpwuid(::getuid())->pw_name;
    const std::string out = desk.out_of({"/usr/bin/ssh",
                                         "-F",
                                         "none",
                                         "-o",
                                         "BatchMode=yes",
                                         "-o",
                                         "StrictHostKeyChecking=no",
                                         "-o",
                                         "UserKnownHostsFile=/dev/null",
                                         "-o",
                                         "IdentityFile=none",
                                         "-o",
                                         "IdentityAgent=none",
                                         "-o",
                                         "PKCS11Provider=" + ModuleDesk::module_path(),
                                         "-o",
                                         "ProxyCommand=/usr/sbin/sshd -i -f " + config.string(),
                                         user + "@desk",
                                         "echo",
                                         "logged",
                                         "in"});
    CHECK(out == "logged in\n");
    CHECK(desk.person.times_asked() == 1);
}
