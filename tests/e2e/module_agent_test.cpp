// What other people's programs that use sceau-pkcs11.so cost the person, the token and each other.
#include "tests/e2e/module_programs.h"
#include "tests/support/pcsc_readers.h"
#include "tests/support/typing_hook.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sceau::test;

namespace {

/// What pinentry was told to show or do, dialog by dialog: "pkcs11-tool", "asked", …
std::vector<std::string> dialogs(const PinentryScript& person, const std::vector<std::string>& programs)
{
    std::istringstream log(person.log());
    std::vector<std::string> told;
    for (std::string line; std::getline(log, line);) {
        if (line == "GETPIN")
            told.push_back("asked");
        else if (line.starts_with("SETDESC ")) {
            const auto named = std::ranges::find_if(programs, [&](const std::string& program) {
                return line.find("%0AAsked by: " + program + " ") != std::string::npos;
            });
            told.push_back(named == programs.end() ? line : *named);
        }
    }
    return told;
}

} // namespace

TEMPLATE_TEST_CASE("programs at the same time wait for each other, and each asks for a PIN under its own name", "",
                   OnSoftHsm, OnCard)
{
    const TestType desk;
    const auto data = desk.folder.write("data", "text");
    const std::string alice = desk.id_of("Alice Example");
    std::unique_ptr<TerminalProgram> second;
    std::unique_ptr<Program> third;
    const TypingHook hook(desk.person, [&] { // while the first dialog is open
        if (second)
            return;
        second = std::make_unique<TerminalProgram>(
            desk.sceau({"digest", "--key", alice, "--scheme", "rsa_pkcs1_sha256", std::string(64, 'a')}),
            desk.environment);
        second->wait_for("Another request comes first.");
        third = desk.start(
            {"/usr/bin/p11tool", "--provider", ModuleDesk::module_path(), "--test-sign", desk.uri_of("Bob Example")});
    });
    desk.will_sign(3);
    const Ended first = desk.run(ModuleDesk::pkcs11_tool({"--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", alice,
                                                          "--input-file", data, "--output-file", "/dev/null"}));
    CHECK(first.status == 0);
    CHECK(second->wait() == 0);
    CHECK(third->wait().status == 0);
    CHECK(dialogs(desk.person, {"pkcs11-tool", "p11tool", "sceau"}) ==
          std::vector<std::string>{"pkcs11-tool", "asked", "sceau", "asked", "p11tool", "asked"});
}

TEST_CASE("no command reaches the card when programs list keys that the agent knows")
{
    const OnCard desk;
    const std::string store = nss_store(desk);
    desk.desk.card.clear_log();
    const auto lists = [&](const Arguments& arguments) {
        CHECK_THAT(desk.out_of(arguments), Catch::Contains("Bob Example"));
    };
    lists(ModuleDesk::pkcs11_tool({"-O"}));
    lists(ModuleDesk::pkcs11_tool({"-L"}));
    desk.out_of(ModuleDesk::pkcs11_tool({"-M"}));
    lists({"/usr/bin/p11tool", "--provider", ModuleDesk::module_path(), "--list-all"});
    lists({"/usr/bin/ssh-keygen", "-D", ModuleDesk::module_path()});
    lists({"/usr/bin/certutil", "-L", "-d", store, "-h", "all"});
    lists({"/usr/bin/certutil", "-K", "-d", store, "-h", "all"});
    INFO(to_string(desk.desk.card.log())); // pcscd powers down a card that is not in use
    CHECK(count_apdus(desk.desk.card.log()) == 0);
}

TEST_CASE("a program with OpenSC's own module wants two PINs for the signature that costs one here")
{
    const OnCard desk;
    const Arguments sign = {
        "--sign",        "--mechanism",         "SHA256-RSA-PKCS", "--input-file", desk.folder.write("data", "text"),
        "--output-file", desk.file("signature")};
    const Arguments directly =
        Arguments{"/usr/bin/pkcs11-tool", "--module", kOpenscModule, "--login", "--id", "02"} + sign;
    Environment environment = desk.environment;
    environment.merge(desk.desk.pcscd.environment());
    TerminalProgram terminal(directly, environment);
    for (const char* prompt : {"Please enter User PIN", "Please enter context specific PIN"}) {
        terminal.wait_for(prompt);
        // Input from before the program has turned off the echo is discarded.
        wait_until("the PIN is not echoed", [&] { return (terminal.settings().c_lflag & ECHO) == 0; });
        terminal.type("123456\r");
    }
    CHECK(terminal.wait() == 0);
    desk.will_sign(1);
    desk.out_of(ModuleDesk::pkcs11_tool({"--id", desk.id_of("Alice Example")}) + sign);
    CHECK(desk.person.times_asked() == 1);
}
