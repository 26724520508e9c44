// Checks that the agent reads the example that is installed as /etc/sceau/agent.toml.

#include "agent/config.h"
#include "tests/packaging/installation.h"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <regex>
#include <set>

using namespace sceau;
using namespace sceau::test;

namespace {

// Prose begins with "# ", a setting with "#" alone.
std::string uncommented(const std::string& example)
{
    return std::regex_replace(example, std::regex("(^|\n)#(?=[^ \n])"), "$1");
}

base::Result<agent::Config> load(const TemporaryFolder& folder, const std::string& text)
{
    return agent::load_config(folder.write("agent.toml", text), folder.path() / "none.toml", false, ::geteuid());
}

std::set<std::string> first_groups(const std::string& text, const std::regex& pattern)
{
    std::set<std::string> groups;
    for (std::sregex_iterator found(text.begin(), text.end(), pattern), end; found != end; ++found)
        groups.insert((*found)[1]);
    return groups;
}

} // namespace

TEST_CASE("the configuration that is installed sets nothing")
{
    std::istringstream lines(source_text("packaging/agent.toml"));
    for (std::string line; std::getline(lines, line);)
        CHECK((line.empty() || line.front() == '#'));
}

TEST_CASE("every setting of the installed configuration loads without its comment sign, and is the default")
{
    const TemporaryFolder folder;
    const auto config = load(folder, uncommented(source_text("packaging/agent.toml")));
    REQUIRE(config);
    const agent::Config defaults;
    CHECK(config->token_wait == defaults.token_wait);
    CHECK(config->pinentry == defaults.pinentry);
    CHECK(config->pin_timeout == defaults.pin_timeout);
    CHECK(config->blind == defaults.blind);
    REQUIRE(config->modules.size() == 1);
    CHECK(config->modules.front().timeout == pkcs11::Module{}.timeout);
    CHECK(config->programs.size() == 1);
    ::unsetenv("XDG_STATE_HOME");
    CHECK(load(folder, "")->journal == config->journal);
}

TEST_CASE("every key that the agent reads is in the installed configuration")
{
    const auto read =
        first_groups(source_text("agent/config.cpp"), std::regex(R"re(table\.[a-z_<>C]+\("([a-z_]+)")re"));
    CHECK(read.contains("module"));
    CHECK(read.contains("policy"));
    CHECK(read.contains("wait_s"));
    const auto shown = first_groups(source_text("packaging/agent.toml"), std::regex("[#[{,] ?([a-z_]+)(?: =|\\])"));
    for (const std::string& key : read)
        CHECK_THAT(std::vector(shown.begin(), shown.end()), Catch::VectorContains(key));
}
