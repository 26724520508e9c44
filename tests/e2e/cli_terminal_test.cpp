// The command on a terminal, with the real pinentry-curses and keys typed as a person would.

#include "tests/e2e/desk.h"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kCurses = "/usr/bin/pinentry-curses";

bool same_settings(const termios& one, const termios& other)
{
    return one.c_iflag == other.c_iflag && one.c_oflag == other.c_oflag && one.c_lflag == other.c_lflag;
}

// The dialog is complete once its last button is shown.
void wait_for_dialog(TerminalProgram& sceau, const std::string& text)
{
    sceau.wait_for(text);
    sceau.wait_for("Cancel");
}

/// Types the PIN into the dialog on the terminal.
void check_that_it_signs(const Desk& desk)
{
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    TerminalProgram sceau(desk.command({"sign", "-o", desk.folder.path() / "signed", mail}), desk.environment);
    wait_for_dialog(sceau, "PIN of");
    sceau.type("123456\r");
    CHECK(sceau.wait() == 0);
}

} // namespace

TEST_CASE("a PIN typed on the terminal signs, whatever its locale, and the terminal is as it was")
{
    Desk desk(kCurses);
    desk.environment["LC_ALL"] = GENERATE("C.UTF-8", "C", "fr_XX.UTF-8");
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    const fs::path out = desk.folder.path() / "signed";
    TerminalProgram sceau(desk.command({"sign", "-o", out, mail}), desk.environment);
    const termios before = sceau.settings();
    sceau.wait_for("Direction 2026"); // in the prompt of either language
    sceau.wait_for(desk.environment.at("LC_ALL").starts_with("fr") ? "Annuler" : "Cancel");
    CHECK_FALSE(same_settings(sceau.settings(), before));
    sceau.type("123456\r");
    CHECK(sceau.wait() == 0);
    CHECK(same_settings(sceau.settings(), before));
    CHECK(sceau.shown().find("123456") == std::string::npos);
    CHECK(desk.sceau({"verify", "--ca", desk.ca, out}).status == 0);
}

TEST_CASE("a wrong PIN typed on the terminal opens the dialog again, with what was wrong")
{
    const Desk desk(kCurses);
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    TerminalProgram sceau(desk.command({"sign", "-o", desk.folder.path() / "signed", mail}), desk.environment);
    wait_for_dialog(sceau, "PIN of");
    sceau.type("999999\r");
    wait_for_dialog(sceau, "refused that PIN");
    sceau.type("123456\r");
    CHECK(sceau.wait() == 0);
}

TEST_CASE("the dialog opens on a terminal whose kind this machine does not know")
{
    Desk desk(kCurses);
    desk.environment["TERM"] = GENERATE("xterm-kitty", "no-such-terminal", "");
    check_that_it_signs(desk);
}

TEST_CASE("a program whose streams are all elsewhere is asked on its controlling terminal")
{
    const Desk desk(kCurses);
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    TerminalProgram sceau(desk.command({"sign", "-o", desk.folder.path() / "signed", mail}), desk.environment,
                          Streams::elsewhere);
    wait_for_dialog(sceau, "PIN of");
    sceau.type("123456\r");
    CHECK(sceau.wait() == 0);
    CHECK(desk.sceau({"verify", "--ca", desk.ca, desk.folder.path() / "signed"}).status == 0);
}

TEST_CASE("a dialog whose display is dead opens on the terminal")
{
    const TemporaryFolder folder;
    const fs::path pinentry =
        folder.write("pinentry", "#!/bin/sh\n[ -z \"$DISPLAY\" ] || exit 1\nexec " + std::string(kCurses) + "\n");
    fs::permissions(pinentry, fs::perms::owner_all);
    ::setenv("DISPLAY", ":99", 1);
    const Desk desk(pinentry);
    ::unsetenv("DISPLAY");
    check_that_it_signs(desk);
}

TEST_CASE("a window with too few lines for the dialog is reported as such")
{
    const Desk desk(kCurses);
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    TerminalProgram sceau(desk.command({"sign", "-o", desk.folder.path() / "signed", mail}), desk.environment,
                          Streams::terminal, 6);
    CHECK(sceau.wait() == 77);
    CHECK_THAT(sceau.shown(), Catch::Contains("too small for the PIN dialog: make it larger"));
}

TEST_CASE("a program without a terminal is told how it can sign, in its language")
{
    Desk desk(kCurses);
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    CHECK_THAT(desk.sceau({"sign", mail}).err, Catch::Contains("sign from a terminal"));
    desk.environment["LC_ALL"] = "fr_FR.UTF-8";
    const std::string french = desk.sceau({"sign", mail}).err;
    CHECK_THAT(french, Catch::Contains("signez depuis un terminal"));
    CHECK_THAT(french, !Catch::Contains("dialog"));
}

TEST_CASE("a mistyped command is distinguished from one that exists")
{
    const Desk desk;
    const Ended ended = desk.sceau({"sgn"});
    CHECK(ended.status == 64);
    CHECK_THAT(ended.err, Catch::Contains("There is no command \"sgn\". Did you mean: sceau sign"));
}

TEST_CASE("Ctrl-C and the dialog's Cancel leave the terminal as it was and no output")
{
    const auto [keys, status] = GENERATE(table<std::string, int>({{"\x03", 130}, {"\t\t\r", 77}}));
    const Desk desk(kCurses);
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    TerminalProgram sceau(desk.command({"sign", "-o", desk.folder.path() / "signed", mail}), desk.environment);
    const termios before = sceau.settings();
    wait_for_dialog(sceau, "PIN of");
    sceau.type(keys);
    CHECK(sceau.wait() == status);
    CHECK(same_settings(sceau.settings(), before));
    CHECK_FALSE(fs::exists(desk.folder.path() / "signed"));
}

TEST_CASE("a verdict has colour on a terminal, unless the person wants none")
{
    Desk desk;
    const fs::path mail = desk.folder.write("mail", mail_from("alice@example.org"));
    TerminalProgram coloured(desk.command({"verify", mail}), desk.environment);
    CHECK(coloured.wait() == 1);
    CHECK_THAT(coloured.shown(), Catch::StartsWith("\033[33m○ NOT SIGNED.\033[0m Anyone"));
    desk.environment["NO_COLOR"] = "1";
    TerminalProgram plain(desk.command({"verify", mail}), desk.environment);
    CHECK(plain.wait() == 1);
    CHECK_THAT(plain.shown(), Catch::StartsWith("○ NOT SIGNED. Anyone"));
}
