#include "base/catalogue.h"
#include "base/language.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace sceau::base;

namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

void append(std::vector<unsigned char>& bytes, std::size_t number)
{
    for (int shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<unsigned char>(number >> shift));
}

// Makes a catalogue as `msgfmt --no-hash --endianness=little` does.
std::vector<unsigned char> compiled(Texts texts)
{
    std::ranges::sort(texts);
    constexpr std::size_t kHeader = 28;
    const std::size_t table = texts.size() * 8;
    std::vector<unsigned char> bytes;
    for (const std::size_t number : {std::size_t(0x950412de), std::size_t(0), texts.size(), kHeader, kHeader + table,
                                     std::size_t(0), kHeader + 2 * table})
        append(bytes, number);
    std::string all;
    for (const auto part : {&Texts::value_type::first, &Texts::value_type::second})
        for (const auto& text : texts) {
            append(bytes, (text.*part).size());
            append(bytes, kHeader + 2 * table + all.size());
            all += text.*part + '\0';
        }
    bytes.insert(bytes.end(), all.begin(), all.end());
    return bytes;
}

const std::string kNul(1, '\0');

const std::vector<unsigned char> kCompiled =
    compiled({{"", "Language: xx\n"},
              {"Cancel", "Annuler"},
              {"{} of {}", "{1} : {0}"},
              {"Zebra", "Zèbre"},
              {"{} day" + kNul + "{} days", "{} den" + kNul + "{} dny" + kNul + "{} dní"}});

// The plural rule of Czech.
unsigned long rule(unsigned long n)
{
    return n == 1 ? 0 : n >= 2 && n <= 4 ? 1 : 2;
}

} // namespace

TEST_CASE("a text is found in a catalogue, and one that is not there stays English")
{
    const Catalogue catalogue("xx", kCompiled, rule);
    const Language language(catalogue);
    CHECK(language.translated("Cancel") == "Annuler");
    CHECK(language.translated("Zebra") == "Zèbre");
    CHECK(language.translated("Zebr") == "Zebr");
    CHECK(language.translated("Zebras") == "Zebras");
    CHECK(language.translated("Aardvark") == "Aardvark");
    CHECK(language.translated("").empty()); // and does not return the header
    CHECK(Language::english.translated("Cancel") == "Cancel");
}

TEST_CASE("the arguments of a text go where the translation has them")
{
    const Catalogue catalogue("xx", kCompiled, rule);
    CHECK(Language(catalogue).phrase("{} of {}", 1, "two") == "two : 1");
    CHECK(Language::english.phrase("{} of {}", 1, "two") == "1 of two");
    CHECK(Language(catalogue).phrase("missing {}", 7) == "missing 7");
}

TEST_CASE("a number chooses the plural form by the language's rule")
{
    const Catalogue catalogue("xx", kCompiled, rule);
    const auto days = [](Language language, int n) { return language.counted(n, "{} day", "{} days"); };
    CHECK(days(Language(catalogue), 1) == "1 den");
    CHECK(days(Language(catalogue), 3) == "3 dny");
    CHECK(days(Language(catalogue), 5) == "5 dní");
    CHECK(days(Language::english, 1) == "1 day");
    CHECK(days(Language::english, 0) == "0 days");
    const auto cats = [&](unsigned long n) { return Language(catalogue).translated("cat", "cats", n); };
    CHECK(cats(1) == "cat");
    CHECK(cats(2) == "cats");
    const Catalogue lacks_a_form("xx", kCompiled, [](unsigned long) { return 3UL; });
    CHECK(days(Language(lacks_a_form), 2) == "2 days");
}

TEST_CASE("a catalogue that is cut off or altered is read within its bounds")
{
    for (std::size_t size = 0; size < kCompiled.size(); ++size) {
        const std::vector<unsigned char> cut(kCompiled.begin(), kCompiled.begin() + static_cast<std::ptrdiff_t>(size));
        const Catalogue catalogue("xx", cut, rule);
        const std::string_view text = Language(catalogue).translated("Cancel");
        CHECK((text == "Cancel" || text == "Annuler" || text.empty()));
    }
    for (std::size_t i = 0; i < 28 + 2 * 5 * 8; ++i) {
        std::vector<unsigned char> altered = kCompiled;
        altered[i] ^= 0xff;
        const Catalogue catalogue("xx", altered, rule);
        CHECK(Language(catalogue).translated("Cancel").size() < kCompiled.size());
        CHECK(Language(catalogue).translated("{} day", "{} days", 5).size() < kCompiled.size());
    }
}
