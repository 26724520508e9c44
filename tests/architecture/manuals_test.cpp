// The manual pages in each language: a translated page documents the same options, variables, files and sections.

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path kPages = fs::path(SCEAU_SOURCE_DIR) / "docs/man";

// Returns the part of a line that is the same in all languages: ".It Fl Fl key Ar ID" → ".It Fl Fl key", ".Sh NAME" →
// ".Sh".
std::string named_by(const std::string& line)
{
    static const std::regex kName(R"(\b(?:Fl Fl|Fl|Cm|Ev|Pa|Ic|Xr|Qo) [^ ]+|Pq [a-z_]+$|Op|[0-9]+)");
    if (line.starts_with(".Dd"))
        return line; // every change of a page changes its date
    std::string named = line.substr(0, 3);
    for (std::sregex_iterator name(line.begin(), line.end(), kName); name != std::sregex_iterator(); ++name)
        named += " " + name->str();
    return named;
}

std::vector<std::string> skeleton_of(const fs::path& page)
{
    static const std::regex kStructure(R"(^\.(Sh|Ss|It|Op|Bl|El|Bd|Ed|Dd|Dt)\b.*)");
    std::vector<std::string> skeleton;
    std::ifstream file(page);
    for (std::string line; std::getline(file, line);)
        if (std::regex_match(line, kStructure))
            skeleton.push_back(named_by(line));
    return skeleton;
}

} // namespace

TEST_CASE("a manual page in another language documents the same as the English one")
{
    std::size_t translated = 0;
    for (const auto& language : fs::directory_iterator(kPages)) {
        if (!language.is_directory())
            continue;
        for (const auto& english : fs::directory_iterator(kPages)) {
            if (english.is_directory())
                continue;
            const fs::path page = language.path() / english.path().filename();
            INFO(page);
            CHECK(skeleton_of(english.path()).size() > 20);
            CHECK(skeleton_of(page) == skeleton_of(english.path()));
            ++translated;
        }
    }
    CHECK(translated >= 3);
}
