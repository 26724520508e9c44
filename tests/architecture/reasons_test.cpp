// The programs translate reasons that others say in English (clients/words/reason.cpp): each of its sentences is one
// that somebody still says, or a French person reads English from then on.

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

// A literal that goes on in the next line is one.
std::string source(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::regex_replace(text.str(), std::regex(R"("\s*\n\s*")"), "");
}

std::string all_that_is_said()
{
    std::string all;
    for (const char* folder : {"base", "ipc", "pkcs11", "mail", "agent", "clients/lib", "clients/libsceau"})
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(SCEAU_SOURCE_DIR) / folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
                all += source(entry.path());
    return all;
}

/// The English sentences, without what stands for any text in them.
std::vector<std::string> pieces_of_known_reasons()
{
    static const std::regex kKnown(R"re(Known\{\s*"([^"]*)",)re");
    static const std::regex kAny(R"(\{\})");
    const std::string text = source(fs::path(SCEAU_SOURCE_DIR) / "clients/words/reason.cpp");
    std::vector<std::string> pieces;
    for (std::sregex_iterator known(text.begin(), text.end(), kKnown); known != std::sregex_iterator(); ++known) {
        const std::string english = (*known)[1];
        pieces.insert(pieces.end(), std::sregex_token_iterator(english.begin(), english.end(), kAny, -1), {});
    }
    return pieces;
}

bool is_the_systems(const std::string& piece)
{
    return piece == std::string(": ") + std::strerror(ECONNREFUSED) ||
           piece == std::string(": ") + std::strerror(ENOENT);
}

} // namespace

TEST_CASE("each reason that is known in French is said by somebody")
{
    const std::string said = all_that_is_said();
    const auto pieces = pieces_of_known_reasons();
    CHECK(pieces.size() > 30);
    for (const std::string& piece : pieces) {
        INFO(piece);
        CHECK((is_the_systems(piece) || said.find(piece) != std::string::npos));
    }
}
