// Checks the units as systemd reads them, without a manager.

#include "tests/packaging/installation.h"
#include "tests/support/run.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <regex>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

// systemd-analyze --user requires a runtime folder even if no manager runs.
std::string analyze(const std::vector<std::string>& arguments)
{
    const TemporaryFolder runtime;
    std::vector<std::string> command = {"systemd-analyze", "--user", "--no-pager"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command, {{"XDG_RUNTIME_DIR", runtime.path()}, {"SYSTEMD_LOG_LEVEL", "info"}});
}

} // namespace

TEST_CASE("systemd finds nothing to object to in the units")
{
    const Installation installation = Installation::with_prefix();
    for (const char* unit : {"sceau-agent.service", "sceau-agent.socket"})
        CHECK(analyze({"verify", "--man=no", "--recursive-errors=one", installation.units() / unit}).empty());
}

TEST_CASE("the manual pages that the units name are installed")
{
    const Installation installation = Installation::with_prefix();
    const std::string units =
        source_text("packaging/systemd/sceau-agent.service") + source_text("packaging/systemd/sceau-agent.socket");
    const std::regex page("man:([a-z.-]+)\\(([1-9])\\)");
    CHECK(std::regex_search(units, page));
    for (std::sregex_iterator found(units.begin(), units.end(), page), end; found != end; ++found)
        CHECK(fs::exists(installation.root() / ("share/man/man" + (*found)[2].str()) /
                         ((*found)[1].str() + "." + (*found)[2].str())));
}

TEST_CASE("the agent is exposed no more than the manual says")
{
    const std::string manual = source_text("docs/administration.md");
    std::smatch said;
    REQUIRE(std::regex_search(manual, said, std::regex("exposure level ([0-9])\\.([0-9])")));
    const Installation installation = Installation::with_prefix();
    const std::string threshold = "--threshold=" + said[1].str() + said[2].str();
    CHECK_NOTHROW(analyze({"security", "--offline=true", threshold, installation.units() / "sceau-agent.service"}));
}

TEST_CASE("the service claims no protection that a user's manager cannot give")
{
    const std::string service = source_text("packaging/systemd/sceau-agent.service");
    const std::regex inert(
        "\n(Protect[A-Z]|Private[A-Z]|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths|NoExecPaths|"
        "TemporaryFileSystem|RootDirectory|DeviceAllow|DevicePolicy|IPAddress|KeyringMode|ProcSubset|"
        "CapabilityBoundingSet)");
    CHECK_FALSE(std::regex_search(service, inert));
}
