// Compares the man page and the completion with the command's options, so that no new option is forgotten in them.

#include "tests/support/run.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using sceau::test::run;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kCommands = {"sign",   "verify", "keys",   "certificates",
                                            "tokens", "watch",  "digest", "journal"};

std::string source(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(fs::path(SCEAU_SOURCE_DIR) / path).rdbuf();
    return text.str();
}

std::set<std::string> options_of(const std::string& command)
{
    const std::string help = run({fs::path(SCEAU_BINARY_DIR) / "bin/sceau", command, "--help"});
    const std::regex option("--[a-z]+");
    std::set<std::string> options;
    for (std::sregex_iterator found(help.begin(), help.end(), option), end; found != end; ++found)
        options.insert(found->str());
    return options;
}

} // namespace

TEST_CASE("every option is in the man page and in the completion")
{
    const std::string man = source("docs/man/sceau.1");
    const std::string completion = source("packaging/completions/sceau");
    for (const std::string& command : kCommands) {
        const auto options = options_of(command);
        CHECK(options.contains("--help"));
        CHECK_THAT(man, Catch::Contains("\n.It Cm " + command + "\n"));
        CHECK_THAT(completion, Catch::Contains(command));
        for (const std::string& option : options) {
            INFO(command << " " << option);
            CHECK_THAT(man, Catch::Contains("Fl Fl " + option.substr(2)));
            CHECK_THAT(completion, Catch::Contains(option));
        }
    }
}

TEST_CASE("every key of the configuration is in its man page")
{
    const std::string man = source("docs/man/sceau-agent.toml.5");
    const std::string reader = source("agent/config.cpp");
    const std::regex key(R"re(table\.(?:key|text|seconds|blind|tables)\("([a-z_]+)")re");
    std::set<std::string> keys;
    for (std::sregex_iterator found(reader.begin(), reader.end(), key), end; found != end; ++found)
        keys.insert((*found)[1]);
    CHECK(keys.size() >= 9);
    for (const std::string& name : keys)
        CHECK_THAT(man, Catch::Contains(name));
}

TEST_CASE("the completion is a script that bash can read")
{
    CHECK_NOTHROW(run({"bash", "-n", fs::path(SCEAU_SOURCE_DIR) / "packaging/completions/sceau"}));
}
