// The installed agent as systemd starts it, on an inherited socket and in a real user manager that confines it, its
// workers and pinentry.

#include "tests/e2e/desk.h"
#include "tests/packaging/session.h"
#include "tests/packaging/usb_device.h"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kStartSocket = "systemctl --user start sceau-agent.socket\n";

// Plays systemd: makes a listening socket that a program may inherit.
sceau::base::UniqueFd listening_socket(const fs::path& path)
{
    sceau::base::UniqueFd listening(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(listening.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listening.value(), 8) == 0);
    return listening;
}

std::string opensc_module()
{
    return fs::exists("/usr/lib/opensc-pkcs11.so") ? "/usr/lib/opensc-pkcs11.so"
                                                   : "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";
}

} // namespace

TEST_CASE("an installed agent on an inherited socket signs with the programs installed beside it")
{
    const Session session;
    const fs::path path = session.home.path() / "socket";
    const auto socket = listening_socket(path);
    const std::string inherit = "exec " + std::to_string(SD_LISTEN_FDS_START) + "<&" + std::to_string(socket.value()) +
                                "; LISTEN_FDS=1 LISTEN_PID=$$ exec sceau-agent --config .config/sceau/agent.toml";
    Environment environment = session.environment();
    environment["SCEAU_SOCKET"] = path;
    environment["XDG_STATE_HOME"] = session.home.path() / "state"; // the journal is not that of whoever runs the test
    Program agent({"bash", "-c", "cd '" + session.home.path().string() + "'; " + inherit}, environment);

    session.person.will_answer({"pin 123456"});
    const Ended signing =
        Program({session.installation.bin() / "sceau", "sign", session.home.path() / "mail"}, environment).wait();
    CHECK(signing.status == 0);
    CHECK_THAT(signing.out, Catch::Contains("application/pkcs7-signature"));

    agent.signal(SIGTERM);
    const Ended ended = agent.wait();
    CHECK(ended.status == 0);
    CHECK_THAT(ended.err, Catch::Contains("ready on the socket that systemd gave"));
    CHECK(fs::exists(path));
}

TEST_CASE("a client's first request starts the agent, confined as its unit says")
{
    const Session session;
    const Ended ended = session.run(std::string(kStartSocket) +
                                    "sceau keys --json\n"
                                    "agent=$(systemctl --user show --value --property=MainPID sceau-agent.service)\n"
                                    "cat /proc/$agent/status /proc/$agent/limits\n"
                                    "stat --format='%A %n' $XDG_RUNTIME_DIR/sceau $XDG_RUNTIME_DIR/sceau/agent");
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("alice@example.org"));
    CHECK_THAT(ended.out, Catch::Contains("\nNoNewPrivs:\t1\n"));
    CHECK_THAT(ended.out, Catch::Contains("\nSeccomp:\t2\n"));
    CHECK_THAT(ended.out, Catch::Contains("\nUmask:\t0077\n"));
    CHECK_THAT(ended.out, Catch::Matches("[^]*\nMax core file size +0 +0 [^]*"));
    CHECK_THAT(ended.out, Catch::Matches("[^]*\nMax locked memory +8388608 +8388608 [^]*"));
    CHECK_THAT(ended.out, Catch::Contains("drwx------ /run/user/0/sceau\nsrw------- /run/user/0/sceau/agent\n"));
}

TEST_CASE("a mail is signed inside the confinement")
{
    const Session session;
    session.person.will_answer({"pin 999999", "pin 123456"});
    const Ended ended = session.run(std::string(kStartSocket) + "sceau sign -o signed mail\n"
                                                                "sceau verify --ca ca.pem signed");
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("SIGNED"));
    CHECK(session.person.times_asked() == 2);
}

TEST_CASE("pinentry takes a PIN on the terminal inside the confinement")
{
    const Session session("/usr/bin/pinentry-curses");
    TerminalProgram terminal(session.command(std::string(kStartSocket) + "sceau sign -o signed mail\n"
                                                                         "sceau verify --ca ca.pem signed"),
                             session.environment());
    terminal.wait_for("PIN of");
    terminal.wait_for("Cancel");
    terminal.type("123456\r");
    CHECK(terminal.wait() == 0);
    CHECK_THAT(terminal.shown(), Catch::Contains("SIGNED"));
}

TEST_CASE("the dialog opens in a graphical session that began after the agent")
{
    const Session session;
    const fs::path pinentry = session.home.write("pinentry", "#!/bin/bash\n"
                                                             "env >~/dialog\n"
                                                             "exec '" +
                                                                 PinentryScript::program().string() + "'\n");
    fs::permissions(pinentry, fs::perms::owner_all);
    session.write_configuration(session.configuration.substr(0, session.configuration.find("[pin]")) +
                                "[pin]\npinentry = \"" + pinentry.string() + "\"\n");
    session.person.will_answer({"pin 123456"});
    const Ended ended = session.run("systemctl --user set-environment DISPLAY=:7 XAUTHORITY=/old\n"
                                    "systemctl --user start sceau-agent.service\n"
                                    "systemctl --user unset-environment DISPLAY\n"
                                    "systemctl --user set-environment WAYLAND_DISPLAY=wayland-9 XAUTHORITY=/new\n"
                                    "DISPLAY=:6 sceau sign mail >/dev/null\n"
                                    "grep -E 'DISPLAY|XAUTHORITY' dialog");
    INFO(ended.out << ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("WAYLAND_DISPLAY=wayland-9\n"));
    CHECK_THAT(ended.out, Catch::Contains("XAUTHORITY=/new\n"));
    CHECK_THAT(ended.out, !Catch::Contains("\nDISPLAY=") && !Catch::StartsWith("DISPLAY="));
}

TEST_CASE("a mail is signed if the user manager cannot be asked for a display")
{
    const Session session;
    session.person.will_answer({"pin 123456"});
    const Ended ended = session.run(std::string(kStartSocket) + "systemctl --user stop dbus.socket dbus.service\n"
                                                                "sceau sign mail");
    INFO(ended.err);
    CHECK(ended.status == 0);
}

TEST_CASE("OpenSC reaches pcscd inside the confinement")
{
    const Session session;
    session.write_configuration("[[module]]\npath = \"" + opensc_module() + "\"\n");
    const Ended ended = session.run("mkdir /run/pcscd; touch pcscd\n"
                                    "pcscd --foreground --debug >pcscd 2>&1 &\n"
                                    "grep --max-count=1 'daemon ready' < <(tail --follow --lines=+1 pcscd)\n" +
                                    std::string(kStartSocket) +
                                    "sceau tokens\n"
                                    "kill $!\n"
                                    "wait $! || true\n"
                                    "cat pcscd agent.log");
    INFO(ended.out << ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("SCardEstablishContext"));
    CHECK_THAT(ended.out, !Catch::Contains("shows no tokens"));
}

TEST_CASE("a caller without a locale is asked in the language that the session has now")
{
    const Session session;
    session.person.will_answer({"cancel", "cancel"});
    const std::string sign = "! env -u LC_ALL -u LC_MESSAGES -u LANG sceau sign mail\n";
    const Ended ended =
        session.run(std::string(kStartSocket) + sign + "systemctl --user set-environment LC_ALL=fr_FR.UTF-8\n" + sign);
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(session.person.log(), Catch::Contains("SETCANCEL Cancel\n"));
    CHECK_THAT(session.person.log(), Catch::Contains("SETCANCEL Annuler\n"));
}

TEST_CASE("the configuration in the prefix of the installation is obeyed, and a user's cannot undo it")
{
    const Session session;
    session.write_configuration(session.configuration + "[policy]\nblind = \"ask\"\n");
    std::ofstream(session.installation.root() / "etc/sceau/agent.toml") << "[policy]\nblind = \"deny\"\n";
    const Ended ended = session.run(std::string(kStartSocket) +
                                    "key=$(sceau keys --json | grep -o '\"id\": \"[0-9a-f]*' | cut -c8- | head -n 1)\n"
                                    "! sceau digest --key $key --scheme rsa_pkcs1_sha256 " +
                                    std::string(64, 'a'));
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.err, Catch::Contains("policy.blind"));
    CHECK(session.person.times_asked() == 0);
}

TEST_CASE("every caller is told of a wrong configuration, and once it is corrected the agent serves at once")
{
    const Session session;
    session.write_configuration("[pin]\npinentri = \"/usr/bin/pinentry\"\n");
    const Ended ended = session.run(std::string(kStartSocket) +
                                    "for _ in 1 2 3 4 5 6 7; do ! sceau tokens || exit 1; done\n"
                                    "systemctl --user is-active sceau-agent.socket\n"
                                    "echo '" +
                                    session.configuration +
                                    "' >.config/sceau/agent.toml\n"
                                    "sceau tokens");
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::StartsWith("active\n"));
    CHECK_THAT(ended.out, Catch::Contains("Direction 2026"));
    CHECK_THAT(ended.err, Catch::Contains("agent.toml:2: pin.pinentri is unknown"));
    CHECK_THAT(ended.err, !Catch::Contains("systemctl"));
    CHECK_THAT(session.home.read("agent.log"), Catch::Contains("agent.toml:2: pin.pinentri is unknown"));
}

TEST_CASE("the agent stops in good order while a dialog is open")
{
    const Session session;
    session.person.will_answer({"hang"});
    const Ended ended =
        session.run(std::string(kStartSocket) +
                    "mkfifo progress\n"
                    "sceau sign mail 2>progress &\n"
                    "exec 3<progress\n"
                    "grep --max-count=1 PIN <&3\n"
                    "systemctl --user stop sceau-agent.socket sceau-agent.service 2>/dev/null\n"
                    "systemctl --user show --property=Result,ExecMainStatus,NRestarts sceau-agent.service\n"
                    "wait $! || echo \"the command ends with $?\"");
    INFO(ended.out << ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("Result=success"));
    CHECK_THAT(ended.out, Catch::Contains("ExecMainStatus=0"));
    CHECK_THAT(ended.out, Catch::Contains("the command ends with 69"));
    CHECK_THAT(session.home.read("agent.log"), Catch::Contains("stopped"));
}

TEST_CASE("a token that is plugged in starts the agent, and its socket with it")
{
    const Session session;
    const Installation package = Installation::for_package();
    const DescribedMachine machine({.vendor = 0x0529, .product = 0x0600, .interfaces = {{.interface_class = 0xff}}});
    const fs::path tools = fs::path(SCEAU_SOURCE_DIR) / "tests/packaging";
    Arguments command = {tools / "on-machine", machine.sys(), package.root(), tools / "plugged", machine.device()};
    const Arguments asking = session.command("grep --max-count=1 ready < <(tail --follow=name --retry agent.log)\n"
                                             "systemctl --user show --property=WantedBy sceau-agent.service\n"
                                             "sceau tokens");
    command.insert(command.end(), asking.begin(), asking.end());
    const Ended ended = Program(command, session.environment()).wait();
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Catch::Contains("ready on the socket that systemd gave"));
    CHECK_THAT(ended.out, Catch::Contains("usb1-1"));
    CHECK_THAT(ended.out, Catch::Contains("Direction 2026"));
}
