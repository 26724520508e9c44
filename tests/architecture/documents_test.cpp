// The documents and comments name only files of this repository that exist.

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::string text_of_file(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> top_level_folders()
{
    std::set<std::string> folders;
    for (const auto& entry : fs::directory_iterator(SCEAU_SOURCE_DIR))
        if (const std::string name = entry.path().filename(); entry.is_directory() && name != "build" && name[0] != '.')
            folders.insert(name);
    return folders;
}

std::vector<fs::path> files_of_the_repository()
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(SCEAU_SOURCE_DIR))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    for (const std::string& folder : top_level_folders())
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(SCEAU_SOURCE_DIR) / folder))
            if (entry.is_regular_file())
                files.push_back(entry.path());
    return files;
}

std::vector<fs::path> documents()
{
    std::vector<fs::path> documents = files_of_the_repository();
    std::erase_if(documents, [](const fs::path& file) { return file.extension() != ".md"; });
    return documents;
}

std::vector<std::string> captures(const std::string& text, const std::regex& pattern)
{
    std::vector<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern); match != std::sregex_iterator(); ++match)
        found.push_back((*match)[1]);
    return found;
}

/// Accepts "agent/service.cpp", "agent/service" if a header or source has that name, and "agent/".
bool is_in_the_repository(const std::string& path)
{
    return std::ranges::any_of(std::vector<std::string>{"", ".h", ".cpp"}, [&path](const std::string& extension) {
        return fs::exists(fs::path(SCEAU_SOURCE_DIR) / (path + extension));
    });
}

/// Returns the words between backticks that begin with one of the top-level folders. Words with characters that paths
/// do not have, such as `po/*.po`, stand for several files and are left out.
std::vector<std::string> paths_named_in(const std::string& document)
{
    static const std::regex kCode("`([^`\n]+)`");
    static const std::regex kWord(R"((\S+))");
    static const std::regex kPath(R"(([a-z0-9-]+)/[A-Za-z0-9_./-]*)");
    const std::set<std::string> folders = top_level_folders();
    std::vector<std::string> paths;
    for (const std::string& code : captures(document, kCode))
        for (const std::string& word : captures(code, kWord)) {
            std::smatch parts;
            if (std::regex_match(word, parts, kPath) && folders.contains(parts[1]))
                paths.push_back(word);
        }
    return paths;
}

} // namespace

TEST_CASE("each path that a document names in backticks exists")
{
    // Files that a translator would create are named as examples.
    static const std::set<std::string> kExamples = {"po/de.po", "docs/man/de/"};
    std::size_t seen = 0;
    for (const fs::path& document : documents())
        for (const std::string& path : paths_named_in(text_of_file(document))) {
            INFO(document << " names " << path);
            CHECK((kExamples.contains(path) || is_in_the_repository(path)));
            ++seen;
        }
    CHECK(seen > 50);
}

TEST_CASE("each file that a comment names exists")
{
    static const std::regex kComment(R"((?:^|\n)\s*//([^\n]*))");
    static const std::regex kFile(R"((?:^|[\s("`,:])([a-z0-9-]+/[A-Za-z0-9_./-]*\.[a-z]+))");
    const std::set<std::string> folders = top_level_folders();
    std::size_t seen = 0;
    for (const fs::path& file : files_of_the_repository()) {
        if (file.extension() != ".h" && file.extension() != ".cpp")
            continue;
        for (const std::string& comment : captures(text_of_file(file), kComment))
            for (const std::string& named : captures(comment, kFile)) {
                if (!folders.contains(named.substr(0, named.find('/'))))
                    continue;
                INFO(file << " names " << named);
                CHECK(is_in_the_repository(named));
                ++seen;
            }
    }
    CHECK(seen > 10);
}

TEST_CASE("each file that a document links to exists")
{
    static const std::regex kLink(R"(\]\(([^)#:\s]+)(?:#[^)\s]*)?\))");
    std::size_t seen = 0;
    for (const fs::path& document : documents())
        for (const std::string& target : captures(text_of_file(document), kLink)) {
            INFO(document << " links to " << target);
            CHECK(fs::exists(document.parent_path() / target));
            ++seen;
        }
    CHECK(seen > 20);
}

TEST_CASE("no file refers to a section of a design that is not in the repository")
{
    const std::string reference = std::string("design") + " §";
    for (const fs::path& file : files_of_the_repository()) {
        INFO(file);
        CHECK(text_of_file(file).find(reference) == std::string::npos);
    }
}
