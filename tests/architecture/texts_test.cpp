// The texts for people: each translation is complete and current, and uses the arguments that the code passes.

#include "base/catalogue.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;
using sceau::base::Catalogue;
using sceau::base::catalogues;

namespace {

const fs::path kSources = SCEAU_SOURCE_DIR;

std::string content_of(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

class Copy {
  public:
    Copy()
    {
        std::string name = fs::temp_directory_path() / "texts.XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        fs::copy(kSources / "po", folder_, fs::copy_options::recursive);
    }
    ~Copy() { fs::remove_all(folder_); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    void replace(const std::string& pattern, const std::string& by) const
    {
        const std::string old = content_of(folder_ / "fr.po");
        const std::string text = std::regex_replace(old, std::regex(pattern), by);
        REQUIRE(text != old);
        std::ofstream(folder_ / "fr.po") << text;
    }
    bool passes() const
    {
        const std::string command = (kSources / "scripts/texts").string() + " --check " + folder_.string();
        return std::system(command.c_str()) == 0; // a path of the test's own
    }

  private:
    fs::path folder_;
};

/// Returns the arguments that a pattern of fmt uses: "0" and "1:02" for "{} {:02}", and "?" for a brace that stands
/// alone.
std::set<std::string> taken_by(std::string_view pattern)
{
    std::set<std::string> taken;
    int next = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '{' && pattern[i] != '}')
            continue;
        if (i + 1 < pattern.size() && pattern[i + 1] == pattern[i]) {
            ++i;
            continue;
        }
        const std::size_t end = pattern.find_first_of("{}", i + 1);
        if (pattern[i] == '}' || end == std::string_view::npos || pattern[end] == '{') {
            taken.insert("?");
            continue;
        }
        const std::string inside(pattern.substr(i + 1, end - i - 1));
        const bool is_numbered = !inside.empty() && inside.front() != ':';
        taken.insert(is_numbered ? inside : std::to_string(next++) + inside);
        i = end;
    }
    return taken;
}

std::vector<std::string_view> forms_of(std::string_view text)
{
    std::vector<std::string_view> forms;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\0', begin), text.size());
        forms.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return forms;
}

} // namespace

TEST_CASE("every text of the code is translated, and no other")
{
    CHECK(Copy().passes());
}

TEST_CASE("a text that is missing, fuzzy, superfluous or wrong does not pass")
{
    const Copy copy;
    SECTION("missing")
    {
        copy.replace("msgstr \"Annuler\"", "msgstr \"\"");
    }
    SECTION("fuzzy")
    {
        copy.replace("(msgid \"Cancel\"\n)", "#, fuzzy\n$1");
    }
    SECTION("not there")
    {
        copy.replace("msgid \"Cancel\"\nmsgstr \"Annuler\"\n", "");
    }
    SECTION("not in the code")
    {
        copy.replace("msgid \"Cancel\"", "msgid \"Abort\"");
    }
    SECTION("another line end")
    {
        copy.replace("msgstr \"Annuler\"", "msgstr \"Annuler\\n\"");
    }
    SECTION("a plural form too few")
    {
        copy.replace("msgstr\\[1\\] \"[^\"]*\"\n", "");
    }
    CHECK_FALSE(copy.passes());
}

TEST_CASE("a translation takes what the English text takes")
{
    CHECK(taken_by("{} of {:02}{{}}") == std::set<std::string>{"0", "1:02"});
    CHECK(taken_by("{1:02}, {0}") == std::set<std::string>{"0", "1:02"});
    CHECK(taken_by("{ {}") == std::set<std::string>{"?", "0"});
    CHECK(taken_by("} {").contains("?"));
    for (const Catalogue& catalogue : catalogues()) {
        CHECK(catalogue.size() > 300);
        for (std::size_t i = 1; i < catalogue.size(); ++i) {
            const auto [english, translated] = catalogue.at(i);
            const auto taken = taken_by(forms_of(english).back());
            INFO(catalogue.language() << ": " << english << " / " << translated);
            CHECK_FALSE(taken.contains("?"));
            for (const std::string_view form : forms_of(translated)) {
                // A form for exactly one number need not show the number.
                const auto of_form = taken_by(form);
                const bool is_less =
                    forms_of(english).size() > 1 && !taken_by(english.substr(0, english.find('\0'))).contains("0");
                CHECK((of_form == taken || (is_less && std::ranges::includes(taken, of_form))));
            }
        }
    }
}
