#include "agent/config.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::agent;
using sceau::test::TemporaryFolder;

namespace {

base::Result<Config> user_config(const TemporaryFolder& folder, const std::string& text)
{
    return load_config(folder.path() / "none.toml", folder.write("agent.toml", text), true);
}

} // namespace

TEST_CASE("a configuration may have everything that design section 6 names")
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
    CHECK(config->after_signature == pkcs11::AfterLogin::leave);
    REQUIRE(config->programs.size() == 1);
    CHECK(config->programs[0].exe == "/usr/bin/ssh");
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
    const auto* text = GENERATE("[pin]\ntimeout_s = \"5\"\n", "[pin]\ntimeout_s = 0\n", "[pin]\npinentry = 3\n",
                                "[policy]\nblind = \"perhaps\"\n", "[[module]]\ntimeout_s = 3\n", "module = 3\n",
                                "pin = 3\n", "[[module]]\npath = \"x\"\nenvironment = { A = 3 }\n",
                                "[policy]\nprograms = [ { exe = \"/bin/x\" } ]\n", "[token]\nwait_s = 99999\n");
    const auto config = user_config(folder, text);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == base::ErrorCode::invalid_parameter);
    CHECK(config.error().message.starts_with((folder.path() / "agent.toml").string() + ":"));
}

TEST_CASE("text that is no TOML is an error that names file and line")
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
    const auto config = load_config(administrators, users, false);
    REQUIRE(config);
    CHECK(config->pinentry == "/usr/bin/pinentry-gtk-2");
    CHECK(config->pin_timeout == std::chrono::seconds(60));
    REQUIRE(config->modules.size() == 1);
    CHECK(config->modules[0].path == "/usr/lib/good.so");
    CHECK(config->blind == Blind::deny);
}

TEST_CASE("missing files leave the defaults, save one that was asked for by name")
{
    const TemporaryFolder folder;
    const auto config = load_config(folder.path() / "a", folder.path() / "b", false);
    REQUIRE(config);
    CHECK(config->pinentry == "/usr/bin/pinentry");
    CHECK_FALSE(load_config(folder.path() / "a", folder.path() / "b", true));
}
