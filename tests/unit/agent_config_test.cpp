#include "agent/config.h"
#include "agent/policy.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace sceau;
using namespace sceau::agent;
using sceau::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

base::Result<Config> user_config(const TemporaryFolder& folder, const std::string& text)
{
    return load_config(folder.path() / "none.toml", folder.write("agent.toml", text), true, ::geteuid());
}

} // namespace

TEST_CASE("a configuration may set every documented key")
{
    const TemporaryFolder folder;
    const auto config = user_config(folder, R"(
[[module]]
path = "/usr/lib/one.so"
environment = { SOFTHSM2_CONF = "/tmp/softhsm2.conf" }
timeout_s = 7
[[module]]
path = "/usr/lib/two.so"
[token]
wait_s = 5
[pin]
pinentry = "/usr/bin/pinentry-curses"
timeout_s = 9
contact = "the help desk, 1234"
[policy]
blind = "deny"
after_signature = "leave"
attest = true
programs = [ { exe = "/usr/bin/ssh", blind = "deny" } ]
)");
    REQUIRE(config);
    REQUIRE(config->modules.size() == 2);
    CHECK(config->modules[0].path == "/usr/lib/one.so");
    CHECK(config->modules[0].environment.at("SOFTHSM2_CONF") == "/tmp/softhsm2.conf");
    CHECK(config->modules[0].timeout == std::chrono::seconds(7));
    CHECK(config->modules[1].timeout == std::chrono::seconds(30));
    CHECK(config->token_wait == std::chrono::seconds(5));
    CHECK(config->pinentry == "/usr/bin/pinentry-curses");
    CHECK(config->pin_timeout == std::chrono::seconds(9));
    CHECK(config->pin_contact == "the help desk, 1234");
    CHECK(config->blind == Blind::deny);
    CHECK(config->attest);
    CHECK(config->after_signature == pkcs11::AfterLogin::leave);
    REQUIRE(config->programs.size() == 1);
    CHECK(config->programs[0].exe == "/usr/bin/ssh");
}

TEST_CASE("a module that is named twice counts once, unless it has another environment")
{
    const TemporaryFolder folder;
    const fs::path module = folder.write("module.so", "");
    const fs::path link = folder.path() / "link.so";
    fs::create_symlink(module, link);
    const auto named = [](const fs::path& path, const std::string& more = {}) {
        return "[[module]]\npath = \"" + path.string() + "\"\n" + more;
    };
    const auto config = user_config(folder, named(module) + named(link) + named(folder.path() / "." / "module.so") +
                                                named("/nonexistent.so") + named("/nonexistent.so") +
                                                named(link, "environment = { SOFTHSM2_CONF = \"/tmp/other.conf\" }\n"));
    REQUIRE(config);
    REQUIRE(config->modules.size() == 3);
    CHECK(config->modules[0].path == module);
    CHECK(config->modules[1].path == "/nonexistent.so");
    CHECK(config->modules[2].environment.size() == 1);
}

TEST_CASE("an unknown key is an error that names file and line")
{
    const TemporaryFolder folder;
    const auto config = user_config(folder, "[pin]\ntimeout_s = 5\npinentri = \"/usr/bin/x\"\n");
    REQUIRE_FALSE(config);
    CHECK(config.error().message == (folder.path() / "agent.toml").string() + ":3: pin.pinentri is unknown");
}

TEST_CASE("a wrong value is an error that names file and line")
{
    const TemporaryFolder folder;
    const auto* text =
        GENERATE("[pin]\ntimeout_s = \"5\"\n", "[pin]\ntimeout_s = 0\n", "[pin]\npinentry = 3\n",
                 "[policy]\nblind = \"perhaps\"\n", "[policy]\nattest = 1\n", "[[module]]\ntimeout_s = 3\n",
                 "module = 3\n", "pin = 3\n", "[[module]]\npath = \"x\"\nenvironment = { A = 3 }\n",
                 "[policy]\nprograms = [ { exe = \"/bin/x\" } ]\n",
                 "[policy]\nprograms = [ { exe = \"/bin/x\", keys = [ \"12345\" ] } ]\n",
                 "[policy]\nrecipients = [ \"a@example.org\" ]\n", "[policy]\nother_recipients = \"no\"\n",
                 "[token]\nwait_s = 99999\n");
    const auto config = user_config(folder, text);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == base::ErrorCode::invalid_parameter);
    CHECK(config.error().message.starts_with((folder.path() / "agent.toml").string() + ":"));
}

TEST_CASE("text that is not TOML is an error that names file and line")
{
    const TemporaryFolder folder;
    const auto config = user_config(folder, "[pin]\nthis is not TOML\n");
    REQUIRE_FALSE(config);
    CHECK(config.error().message.starts_with((folder.path() / "agent.toml").string() + ":2: "));
}

TEST_CASE("a section of the administrator's file is final, the others are the user's")
{
    const TemporaryFolder folder;
    const auto administrators = folder.write(
        "etc.toml", "[pin]\npinentry = \"/usr/bin/pinentry-gtk-2\"\n[[module]]\npath = \"/usr/lib/good.so\"\n");
    const auto users = folder.write("user.toml", "[pin]\npinentry = \"/tmp/evil\"\ntimeout_s = 1\n"
                                                 "[[module]]\npath = \"/tmp/evil.so\"\n[policy]\nblind = \"deny\"\n");
    const auto config = load_config(administrators, users, false, ::geteuid());
    REQUIRE(config);
    CHECK(config->pinentry == "/usr/bin/pinentry-gtk-2");
    CHECK(config->pin_timeout == std::chrono::seconds(60));
    REQUIRE(config->modules.size() == 1);
    CHECK(config->modules[0].path == "/usr/lib/good.so");
    CHECK(config->blind == Blind::deny);
}

TEST_CASE("the journal is in the person's folder of state, or where the configuration says")
{
    const TemporaryFolder folder;
    ::setenv("HOME", "/home/ada", 1);
    ::unsetenv("XDG_STATE_HOME");
    CHECK(user_config(folder, "")->journal == "/home/ada/.local/state/sceau/journal.jsonl");
    ::setenv("XDG_STATE_HOME", "/home/ada/state", 1);
    CHECK(user_config(folder, "")->journal == "/home/ada/state/sceau/journal.jsonl");
    ::unsetenv("XDG_STATE_HOME");
    CHECK(user_config(folder, "[journal]\npath = \"/srv/journal\"\n")->journal == "/srv/journal");
    CHECK(user_config(folder, "[journal]\npath = \"~/journal\"\n")->journal == "/home/ada/journal");
    CHECK_FALSE(user_config(folder, "[journal]\npath = \"journal\"\n"));
    CHECK_FALSE(user_config(folder, "[journal]\nfile = \"/srv/journal\"\n"));

    const auto administrators = folder.write("etc.toml", "[journal]\npath = \"/srv/journal\"\n");
    const auto users = folder.write("user.toml", "[journal]\npath = \"/dev/null\"\n");
    CHECK(load_config(administrators, users, false, ::geteuid())->journal == "/srv/journal");
}

TEST_CASE("missing files leave the defaults, except one that was asked for by name")
{
    const TemporaryFolder folder;
    const auto config = load_config(folder.path() / "a", folder.path() / "b", false);
    REQUIRE(config);
    CHECK(config->pinentry == "/usr/bin/pinentry");
    CHECK_FALSE(load_config(folder.path() / "a", folder.path() / "b", true));
}

TEST_CASE("P12: a configuration that others can write to is refused")
{
    const TemporaryFolder folder;
    const fs::path file = folder.write("agent.toml", "[policy]\nblind = \"deny\"\n");
    const fs::path none = folder.path() / "none.toml";
    const auto for_all = [&] { return load_config(file, none, false, ::geteuid()); };
    const auto own = [&] { return load_config(none, file, true, ::geteuid()); };
    REQUIRE(for_all()->blind == Blind::deny);
    fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
    CHECK_THAT(for_all().error().message, Catch::Contains(file.string()) && Catch::Contains("chmod o-w"));
    CHECK_FALSE(own());
    fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
    fs::permissions(folder.path(), fs::perms::others_write, fs::perm_options::add);
    CHECK_FALSE(for_all());
    CHECK(own()); // as with a umask that the person chose
    fs::permissions(folder.path(), fs::perms::others_write, fs::perm_options::remove);
    CHECK_THAT(load_config(file, none, false, ::geteuid() + 1).error().message, Catch::Contains("may not decide"));
}

TEST_CASE("P12: a configuration that cannot be looked at keeps the agent from starting")
{
    const TemporaryFolder folder;
    const fs::path none = folder.path() / "none.toml";
    const fs::path dangling = folder.path() / "dangling.toml";
    fs::create_symlink(folder.path() / "gone", dangling);
    const fs::path pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const fs::path in_a_file = folder.write("file", "") / "agent.toml";
    const fs::path loop = folder.path() / "loop";
    fs::create_symlink(loop, loop);
    for (const fs::path& wrong : {dangling, folder.path(), pipe, in_a_file, loop}) {
        INFO(wrong);
        const auto for_all = load_config(wrong, none, false, ::geteuid());
        REQUIRE_FALSE(for_all);
        CHECK(for_all.error().code == base::ErrorCode::invalid_parameter);
        CHECK_THAT(for_all.error().message, Catch::Contains(wrong.string()));
        CHECK_FALSE(load_config(none, wrong, false, ::geteuid()));
    }
}

TEST_CASE("P12: a rule holds for the file behind its name, and one that could never apply is refused")
{
    const TemporaryFolder folder;
    const fs::path program = folder.write("mailer-2.0", "\x7f"
                                                        "ELF");
    fs::create_symlink(program, folder.path() / "mailer");
    const auto rule_for = [&](const fs::path& exe) {
        return user_config(folder, "[policy]\nprograms = [ { exe = \"" + exe.string() + "\", blind = \"deny\" } ]\n");
    };
    const auto config = rule_for(folder.path() / "mailer");
    REQUIRE(config);
    const Policy policy(config->blind, config->programs);
    CHECK_FALSE(policy.permits_blind(program));
    CHECK_FALSE(policy.permits_blind(folder.path() / "mailer"));
    CHECK(policy.permits_blind("/usr/bin/another"));
    CHECK(rule_for("/usr/bin/not-installed-yet"));
    for (const fs::path& never : {fs::path("mailer"), folder.path(), folder.write("script", "#!/bin/sh\n")}) {
        const auto refused = rule_for(never);
        REQUIRE_FALSE(refused);
        CHECK_THAT(refused.error().message, Catch::Contains("agent.toml:2: policy.programs.exe"));
    }
}

TEST_CASE("the PIN dialog's program must be given by its full path")
{
    const TemporaryFolder folder;
    const auto config = user_config(folder, "[pin]\npinentry = \"pinentry-gtk-2\"\n");
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error().message, Catch::EndsWith("agent.toml:2: pin.pinentry must be a path that begins with /"));
}

TEST_CASE("P12: a program's rule on keys keeps all others from it")
{
    const std::string own = "0123456789abcdef";
    const auto key = base::KeyId::of_public_key(base::as_bytes("key"));
    const Policy policy(Blind::ask, {{.exe = "/usr/bin/ssh", .keys = {key.hex().substr(0, 8), own}},
                                     {.exe = "/usr/bin/git", .keys = {own}}});
    CHECK(policy.permits_key("/usr/bin/ssh", key, Clock::now()));
    CHECK(policy.permits_key("/usr/bin/thunderbird", key, Clock::now()));
    const auto refused = policy.permits_key("/usr/bin/git", key, Clock::now());
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Catch::Contains("/usr/bin/git") && Catch::Contains("policy.programs"));
    CHECK(policy.permits_blind("/usr/bin/git"));
}

TEST_CASE("P12: recipients outside the named domains are refused, or the person has to confirm them")
{
    const TemporaryFolder folder;
    const auto rule = [&](const std::string& others) {
        const auto config = user_config(folder, "[policy]\nrecipients = [ \"Example.org\", \".bank.example\" ]\n"
                                                "other_recipients = \"" +
                                                    others + "\"\n");
        REQUIRE(config);
        return Policy(config->blind, config->programs, config->recipients);
    };
    const auto recipient = [](ipc::FieldName name, const std::string& address) {
        return ipc::ShownField{.name = name, .level = ipc::Level::proven, .value = address, .address = address};
    };
    using enum ipc::FieldName;
    const ipc::Shown inside{.level = ipc::Level::proven,
                            .lines = {recipient(to, "a@example.org"), recipient(cc, "b@EXAMPLE.ORG"),
                                      recipient(to, "c@bank.example"), recipient(bcc, "d@paris.bank.example"),
                                      recipient(from, "e@elsewhere.example")}};
    ipc::Shown outside = inside;
    outside.lines.push_back(recipient(bcc, "f@notbank.example"));
    outside.lines.push_back(recipient(to, "g@sub.example.org"));
    outside.lines.push_back(recipient(to, "h@notbank.example"));
    CHECK(rule("deny").to_be_confirmed(inside)->empty());
    CHECK(rule("confirm").to_be_confirmed(inside)->empty());
    CHECK(rule("ask").to_be_confirmed(outside)->empty());
    CHECK(rule("confirm").to_be_confirmed(outside) == std::vector<std::string>{"notbank.example", "sub.example.org"});
    const auto refused = rule("deny").to_be_confirmed(outside);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message,
               Catch::Contains("notbank.example") && Catch::Contains("policy.other_recipients"));
}
