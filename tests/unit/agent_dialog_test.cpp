// Where a dialog opens, and what is said if it does not.
#include "agent/person/no_dialog.h"
#include "agent/person/pinentry.h"
#include "agent/person/terminal_type.h"
#include "tests/support/pinentry_script.h"
#include "tests/support/temporary_folder.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <optional>

using namespace sceau::agent;
using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

// A terminfo folder with these kinds of terminal.
class Terminfo {
  public:
    explicit Terminfo(const std::vector<std::string>& kinds)
    {
        for (const std::string& kind : kinds) {
            fs::create_directory(folder_.path() / kind.substr(0, 1));
            folder_.write(kind.substr(0, 1) + "/" + kind, "");
        }
    }
    std::string known(const std::string& wanted) const
    {
        return known_terminal_type(wanted, {folder_.path() / "none", folder_.path()});
    }
    const fs::path& folder() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
};

} // namespace

TEST_CASE("P16: pages are confirmed before the PIN is asked for, and Cancel on a page is the person's")
{
    const auto [answers, asked, confirmed] =
        GENERATE(table<std::vector<std::string>, std::size_t, int>({{{"pin 123456"}, 1, 2}, {{"no"}, 0, 1}}));
    const PinentryScript person(answers);
    const PromptText text{.title = "title",
                          .description = "last page\n",
                          .prompt = "PIN:",
                          .error = {},
                          .ok = "Sign",
                          .cancel = "Cancel",
                          .pages = {"first page\n", "second page\n"},
                          .next = "Next page"};
    asio::io_context context;
    std::optional<sceau::base::Result<sceau::base::Secret>> typed;
    bool cancelled = false;
    const auto ask = [&]() -> asio::awaitable<void> {
        const auto deadline = Clock::now() + std::chrono::seconds(60);
        const fs::path program = PinentryScript::program();
        const PromptPlace place;
        auto pinentry = co_await Pinentry::start(program, place, text, deadline);
        REQUIRE(pinentry.has_value());
        typed = co_await pinentry->ask(deadline);
        cancelled = pinentry->cancelled_by_person();
    };
    asio::co_spawn(context, ask, asio::detached);
    context.run();
    REQUIRE(typed.has_value());
    CHECK(typed->has_value() == (asked == 1));
    CHECK(cancelled == (asked == 0));
    const std::string log = person.log();
    CHECK(person.times_asked() == asked);
    int confirms = 0;
    for (std::size_t at = log.find("\nCONFIRM\n"); at != std::string::npos; at = log.find("\nCONFIRM\n", at + 1))
        ++confirms;
    CHECK(confirms == confirmed);
    CHECK(log.find("SETDESC first page\nSETOK Next page\n") < log.find("CONFIRM"));
    if (asked == 1)
        CHECK(log.find("SETDESC second page\n") < log.find("SETDESC last page\nSETPROMPT PIN:\nSETOK Sign\n"));
}

TEST_CASE("P16: pinentry-fltk has the content on a page before the few lines that its dialog for the PIN can hold")
{
    const PromptText text{.title = "title",
                          .description = "all@example.org\n",
                          .prompt = "PIN of a token:",
                          .error = {},
                          .ok = "Sign",
                          .cancel = "Cancel",
                          .brief = "few",
                          .brief_prompt = "PIN:",
                          .next = "Next page",
                          .has_content = true};
    const auto dialogs = dialogs_of(text, "fltk");
    REQUIRE(dialogs.size() == 2);
    CHECK(dialogs[0].description == "all@@example.org");
    CHECK(dialogs[0].ok == "Next page");
    CHECK(dialogs[1].description == "few");
    CHECK(dialogs[1].prompt == "PIN:");
    CHECK(dialogs_of(text, "gtk2").size() == 1);
}

TEST_CASE("P16: pinentry-gtk-2 is sent lines that it cannot break")
{
    CHECK(dialogs_of({.title = "a title", .description = "> a b\n", .prompt = {}, .error = {}, .ok = {}, .cancel = {}},
                     "gtk2")
              .back()
              .description == ">\u00A0a\u00A0b");
}

TEST_CASE("a terminal of a kind that this machine does not know is treated as one that it resembles")
{
    const Terminfo debian({"xterm", "xterm-256color", "screen", "screen-256color", "tmux", "linux", "vt100"});
    for (const char* known : {"xterm", "screen-256color", "linux", "vt100"})
        CHECK(debian.known(known) == known);
    CHECK(debian.known("xterm-kitty") == "xterm-256color");
    CHECK(debian.known("xterm-ghostty") == "xterm-256color");
    CHECK(debian.known("tmux-direct-24bit") == "tmux");
    CHECK(debian.known("alacritty") == "xterm-256color");
    CHECK(debian.known("") == "xterm-256color");
    CHECK(Terminfo({"vt100"}).known("foot") == "vt100");
    CHECK(Terminfo({}).known("xterm").empty());
}

TEST_CASE("a terminal's kind leads to no other file")
{
    const Terminfo some({"xterm"});
    for (const std::string& odd : {std::string("../x/xterm"), std::string("x/../xterm"), std::string("/etc/passwd"),
                                   std::string(".."), std::string("xterm\0y", 7), std::string(5000, 'x')})
        CHECK(some.known(odd) == "xterm");
}

TEST_CASE("a kind of terminal is also found in a folder named by its letter's code")
{
    const TemporaryFolder folder;
    fs::create_directory(folder.path() / "66");
    folder.write("66/foot", "");
    CHECK(known_terminal_type("foot", {folder.path()}) == "foot");
}

TEST_CASE("if no dialog opens, the advice says what to do, and nothing that would not help")
{
    const PromptPlace nowhere{};
    const PromptPlace terminal{.tty = "/dev/pts/3", .term = "xterm", .locale = {}};
    PromptPlace others;
    others.terminal_is_others = true;
    using Catch::Contains;
    CHECK_THAT(advice_on_dialog("curses", nowhere, {}), Contains("sign from a terminal"));
    CHECK_THAT(advice_on_dialog("curses", nowhere, {"DISPLAY=:0", "XDG_CURRENT_DESKTOP=ubuntu:GNOME"}),
               Contains("pinentry-gnome3"));
    CHECK_THAT(advice_on_dialog("tty", nowhere, {"WAYLAND_DISPLAY=wayland-0", "XDG_CURRENT_DESKTOP=KDE"}),
               Contains("pinentry-qt"));
    CHECK_THAT(advice_on_dialog("curses", nowhere, {"DISPLAY=:0", "XDG_CURRENT_DESKTOP=XFCE"}),
               Contains("pinentry-gtk2"));
    CHECK_THAT(advice_on_dialog("curses", others, {}), Contains("another user"));
    CHECK_THAT(advice_on_dialog("gtk2", nowhere, {"DISPLAY=:0"}), Contains("display does not answer"));
    CHECK(advice_on_dialog("curses", terminal, {}).empty());
    CHECK(pinentry_package({}) == "pinentry-curses");
    CHECK(pinentry_package({"DISPLAY="}) == "pinentry-curses");
}

TEST_CASE("the second attempt is made on the terminal if there is one")
{
    CHECK_FALSE(second_place({.tty = "/dev/pts/3", .term = {}, .locale = {}}).in_session);
    CHECK(second_place({}).in_session);
}
