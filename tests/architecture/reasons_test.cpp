// The command translates reasons that other code states in English (clients/words/reason.cpp). Each sentence that it
// knows must still be stated somewhere; otherwise the reason has changed and appears in English. mail/ states only such
// reasons: what it finds are values (mail/finding.h), and the command has the words for them.

#include <catch2/catch.hpp>

#include <algorithm>
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

// Joins a literal that continues on the next line.
std::string source(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::regex_replace(text.str(), std::regex(R"("\s*\n\s*")"), "");
}

std::string all_that_is_said()
{
    std::string all;
    for (const char* folder :
         {"base", "ipc", "pkcs11", "mail", "agent", "clients/lib", "clients/libsceau", "clients/sending"})
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(SCEAU_SOURCE_DIR) / folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
                all += source(entry.path());
    return all;
}

/// Returns the parts of the English sentences between the {} that stand for any text.
std::vector<std::string> pieces_of_known_reasons()
{
    static const std::regex kKnown(R"re(translatable\(\s*"([^"]*)"\))re");
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
    for (const int number : {ECONNREFUSED, ENOENT, EACCES, EISDIR, ENOSPC})
        if (piece == std::strerror(number) || piece == std::string(": ") + std::strerror(number))
            return true;
    return false;
}

/// Returns the string literals of a source, without those in comments and include lines.
std::vector<std::string> literals_in(const std::string& text)
{
    static const std::regex kLiteral(R"re(//[^\n]*|#include[^\n]*|'(?:\\.|[^'\\])'|"((?:\\.|[^"\\])*)")re");
    std::vector<std::string> literals;
    for (std::sregex_iterator found(text.begin(), text.end(), kLiteral); found != std::sregex_iterator(); ++found)
        if ((*found)[1].matched)
            literals.push_back((*found)[1]);
    return literals;
}

/// Counts words that begin with a letter and stand between spaces.
std::ptrdiff_t count_of_words(const std::string& text)
{
    static const std::regex kWord(R"((^|\s)[A-Za-z][^\s]*)");
    return std::distance(std::sregex_iterator(text.begin(), text.end(), kWord), std::sregex_iterator());
}

/// Texts for people have at least three words. Names of fields, types and algorithms have fewer, and what is written
/// into a mail contains its line ends.
bool is_text_for_people(const std::string& literal)
{
    return count_of_words(literal) >= 3 && literal.find("\\r\\n") == std::string::npos;
}

/// A reason may be followed by a colon and the text of errno (base::io_errno), and one about a file may follow the
/// file's name and a colon.
std::string without_colons(std::string piece)
{
    if (piece.ends_with(": "))
        piece.resize(piece.size() - 2);
    return piece.starts_with(": ") ? piece.substr(2) : piece;
}

/// Removes Sceau's own faults, which neither a mail nor a person's file can cause. They are reported in English for
/// whoever looks after the computer.
std::string without_faults_of_ours(const std::string& text)
{
    return std::regex_replace(text, std::regex(R"re((internal|failed)\((std::string\()?"[^"]*")re"), "");
}

} // namespace

TEST_CASE("each reason that can be translated is stated somewhere in the code")
{
    const std::string said = all_that_is_said();
    const auto pieces = pieces_of_known_reasons();
    CHECK(pieces.size() > 30);
    for (const std::string& piece : pieces) {
        INFO(piece);
        CHECK((is_the_systems(piece) || said.find(without_colons(piece)) != std::string::npos));
    }
}

TEST_CASE("mail says nothing to people but reasons that are known in French")
{
    const auto known = pieces_of_known_reasons();
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SCEAU_SOURCE_DIR) / "mail")) {
        // Programs that call the agent make the evidence, so these reasons are not for people.
        const bool is_of_evidence = entry.path().filename() == "signed_attributes.cpp";
        if (is_of_evidence || (entry.path().extension() != ".cpp" && entry.path().extension() != ".h"))
            continue;
        for (const std::string& literal : literals_in(without_faults_of_ours(source(entry.path())))) {
            if (!is_text_for_people(literal))
                continue;
            INFO(entry.path() << " says: " << literal);
            CHECK(std::ranges::any_of(known, [&](const std::string& piece) {
                return count_of_words(piece) >= 2 &&
                       (literal.find(piece) != std::string::npos || piece.find(literal) != std::string::npos);
            }));
            ++count;
        }
    }
    CHECK(count > 30);
}
