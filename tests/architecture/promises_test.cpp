// Every promise of docs/threat-model.md has a test whose name bears its number.

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::set<std::string> matches(const std::string& text, const std::regex& pattern)
{
    std::set<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern); match != std::sregex_iterator(); ++match)
        found.insert((*match)[1]);
    return found;
}

/// A test named "P2 P4: …" bears two numbers.
std::set<std::string> numbers_in_test_names()
{
    static const std::regex kNames(R"re(TEST_CASE\("((?:P\d+ )*P\d+):)re");
    static const std::regex kNumber(R"((P\d+))");
    std::set<std::string> numbers;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SCEAU_SOURCE_DIR) / "tests"))
        if (entry.path().extension() == ".cpp")
            for (const std::string& name : matches(contents(entry.path()), kNames))
                numbers.merge(matches(name, kNumber));
    return numbers;
}

} // namespace

TEST_CASE("every promise of the threat model has a test that bears its number, and no test bears another")
{
    const auto promises =
        matches(contents(fs::path(SCEAU_SOURCE_DIR) / "docs/threat-model.md"), std::regex(R"(\| \*\*(P\d+)\*\* \|)"));
    CHECK_FALSE(promises.empty());
    CHECK(promises == numbers_in_test_names());
}
