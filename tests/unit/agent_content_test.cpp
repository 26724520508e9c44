// What the dialog shows of a content, in pages.
#include "agent/person/assuan.h"
#include "agent/person/pinentry.h"
#include "agent/person/prompt.h"
#include "base/display_text.h"
#include "tests/support/random_shown.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <regex>
#include <set>

using namespace sceau;
using namespace sceau::agent;
using base::Language;
using ipc::FieldName;
using ipc::Level;
using ipc::Mark;

namespace {

Key direction_key()
{
    Key key;
    key.token = {{.label = "Direction 2026", .serial = "1", .manufacturer = "m", .model = "x"}, "Reader 00 00", {}};
    key.facts.addresses = {"direction@example.org"};
    key.facts.not_after = std::chrono::sys_seconds(std::chrono::seconds(1803859200)); // 2027-03-01
    key.certificate = {0x30, 0};
    return key;
}

PromptText prompt_for(const ipc::Shown* shown, Language language, Content kind = Content::mail,
                      const PinHistory& history = {}, const std::string& program = "thunderbird")
{
    ::setenv("TZ", "UTC", 1);
    const Key key = direction_key();
    const auto scheme = base::Scheme::rsa_pkcs1_sha256;
    const pkcs11::Operation signature = pkcs11::Signature{
        .scheme = scheme,
        .digest = *base::Digest::for_scheme(scheme, base::hash_of(base::Hash::sha256, base::as_bytes("x")))};
    return pin_prompt(
        {.program = program, .key = key, .operation = signature, .content = shown, .kind = kind, .pin = {}}, history,
        language);
}

ipc::Shown order_of_payment(Level level = Level::proven)
{
    return {.level = level,
            .lines = {{FieldName::from, level, "direction@example.org", "direction@example.org", {}},
                      {FieldName::to, level, "comptable@example.org", "comptable@example.org", {}},
                      {FieldName::to,
                       level,
                       "Trésorerie <tresorerie@banque.example>",
                       "tresorerie@banque.example",
                       {Mark::outside, Mark::first_time}},
                      {FieldName::bcc, Level::claimed, "audit@example.org", "audit@example.org", {}},
                      {FieldName::subject, level, "Virement à faire avant vendredi", {}, {}},
                      {FieldName::text, level, "Bonjour,", {}, {}},
                      {FieldName::text, level, "", {}, {}},
                      {FieldName::text, level, "merci de virer 48 000 € à Exemple SARL.", {}, {}},
                      {FieldName::sum, level, "48 000 €", {}, {}}}};
}

ipc::Shown with_recipients(std::size_t count)
{
    ipc::Shown shown{.level = Level::proven, .lines = {}};
    for (std::size_t i = 0; i < count; ++i)
        shown.lines.push_back({FieldName::to, Level::proven, "r" + std::to_string(i) + "@example.org", {}, {}});
    return shown;
}

std::vector<std::string> lines_in(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::vector<std::string> all_dialogs(const PromptText& text)
{
    std::vector<std::string> all = text.pages;
    all.push_back(text.description);
    return all;
}

} // namespace

TEST_CASE("P16: what is proven is shown whole, recipients first, and what is only claimed says so")
{
    const ipc::Shown mail = order_of_payment();
    const PromptText text = prompt_for(&mail, Language::english);
    CHECK(text.title == "Sceau: sign this mail?");
    CHECK(text.ok == "Sign");
    CHECK(text.pages.empty());
    CHECK(text.description == "[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED.\n"
                              "Asked by: thunderbird (as it claims)\n"
                              "To (OUTSIDE example.org, FIRST TIME): Trésorerie\n"
                              "> <tresorerie@banque.example>\n"
                              "To: comptable@example.org\n"
                              "[?] Bcc (as thunderbird says): audit@example.org\n"
                              "Sum: 48 000 €\n"
                              "Subject: Virement à faire avant vendredi\n"
                              "From: direction@example.org\n"
                              "Text:\n"
                              "> Bonjour,\n"
                              ">\n"
                              "> merci de virer 48 000 € à Exemple SARL.\n"
                              "With: direction@example.org (certificate until 1 Mar 2027)\n");
    CHECK(prompt_for(&mail, base::language_of("fr")).description ==
          "[=] VOICI EXACTEMENT CE QUI EST SIGNÉ.\n"
          "Demandé par : thunderbird (à ce qu'il dit)\n"
          "À (HORS DE example.org, PREMIÈRE FOIS) : Trésorerie\n"
          "> <tresorerie@banque.example>\n"
          "À : comptable@example.org\n"
          "[?] Cci (d'après thunderbird) : audit@example.org\n"
          "Somme : 48 000 €\n"
          "Objet : Virement à faire avant vendredi\n"
          "De : direction@example.org\n"
          "Texte :\n"
          "> Bonjour,\n"
          ">\n"
          "> merci de virer 48 000 € à Exemple SARL.\n"
          "Avec : direction@example.org (certificat jusqu'au 1er mars\n"
          "> 2027)\n");
}

TEST_CASE("P16: proven, claimed and unseen differ in title, first line, button and brief text")
{
    const Language language = GENERATE(as<Language>{}, Language::english, base::language_of("fr"));
    const Content kind = GENERATE(Content::unknown, Content::mail, Content::certificate_request);
    std::set<std::string> titles;
    std::set<std::string> first_lines;
    std::set<std::string> buttons;
    std::set<std::string> brief;
    for (const Level level : {Level::proven, Level::claimed, Level::unseen}) {
        const ipc::Shown shown = order_of_payment(level);
        const PromptText text = prompt_for(&shown, language, kind);
        titles.insert(text.title);
        first_lines.insert(lines_in(text.description).front());
        buttons.insert(text.ok);
        brief.insert(lines_in(text.brief).front());
        for (const auto& line : lines_in(text.description))
            CHECK((line == lines_in(text.description).front()) == line.starts_with(headline(level, true, language)));
    }
    for (const auto* words : {&titles, &first_lines, &buttons, &brief})
        CHECK(words->size() == 3);
    const std::string unseen = prompt_for(nullptr, language, kind).title;
    CHECK(titles.contains(unseen));
}

TEST_CASE("P16: each field that only the program says is marked, in a mail whose other fields are proven")
{
    const ipc::Shown claimed = order_of_payment(Level::claimed);
    for (const auto& line : lines_in(prompt_for(&claimed, Language::english).description))
        if (line.find("example.org") != std::string::npos && !line.starts_with("With: "))
            CHECK((line.starts_with("[?] ") && line.find("as thunderbird says") != std::string::npos));
}

TEST_CASE("P16: a request for a certificate says that it is not a mail")
{
    const ipc::Shown request{.level = Level::proven,
                             .lines = {{FieldName::subject, Level::proven, "Direction Example", {}, {}}}};
    const PromptText text = prompt_for(&request, Language::english, Content::certificate_request);
    CHECK(text.title == "Sceau: request this certificate?");
    CHECK_THAT(text.description, Catch::StartsWith("[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED.\n"
                                                   "It is a request for a certificate, not a mail.\n") &&
                                     Catch::Contains("Name: Direction Example\n"));
}

TEST_CASE("P16: a mail of many lines has pages before the PIN, and the last one repeats the essentials")
{
    ipc::Shown mail = order_of_payment();
    for (int i = 0; i < 28; ++i)
        mail.lines.push_back({FieldName::text, Level::proven, "line " + std::to_string(i), {}, {}});
    const PromptText text = prompt_for(&mail, Language::english);
    REQUIRE(text.pages.size() == 3);
    CHECK_THAT(text.pages[0],
               Catch::StartsWith("[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED.\nPage 1 of 4\nTo (OUTSIDE"));
    CHECK_THAT(text.pages[1],
               Catch::StartsWith("[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED.\nPage 2 of 4\nText, continued:\n> "));
    CHECK(text.next == "Next page");
    CHECK(text.description == "[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED.\n"
                              "Page 4 of 4\n"
                              "Asked by: thunderbird (as it claims)\n"
                              "To (OUTSIDE example.org, FIRST TIME): Trésorerie\n"
                              "> <tresorerie@banque.example>\n"
                              "To: comptable@example.org\n"
                              "[?] Bcc (as thunderbird says): audit@example.org\n"
                              "Sum: 48 000 €\n"
                              "Subject: Virement à faire avant vendredi\n"
                              "With: direction@example.org (certificate until 1 Mar 2027)\n");
    CHECK(prompt_for(&mail, Language::english, Content::mail, {.problem = PinProblem::incorrect, .tries_left = {}})
              .pages.empty());
}

TEST_CASE("P16: what there is no room for is counted, and the first line does not say that all is shown")
{
    const ipc::Shown few = with_recipients(20);
    const PromptText whole = prompt_for(&few, Language::english);
    CHECK_THAT(whole.description, Catch::Contains("To: r2@example.org\nOn the pages before: 17 more recipients\n"));
    const ipc::Shown many = with_recipients(5000);
    const PromptText text = prompt_for(&many, Language::english);
    std::size_t shown = 0;
    for (const std::string& page : text.pages)
        for (const std::string& line : lines_in(page))
            shown += line.starts_with("To: ") ? std::size_t{1} : 0;
    CHECK(shown > 20);
    for (const std::string& page : all_dialogs(text))
        CHECK_THAT(page, Catch::StartsWith("[=] SHOWN BELOW IS WHAT IS SIGNED, BUT NOT ALL OF IT.\n"));
    const std::string rest = "NOT SHOWN: " + std::to_string(5000 - shown) + " more recipients\n";
    CHECK_THAT(text.pages.back(), Catch::Contains(rest));
    CHECK_THAT(text.description, Catch::Contains(rest));
    ipc::Shown word{.level = Level::proven,
                    .lines = {{FieldName::subject, Level::proven, std::string(5000, 'x'), {}, {}}}};
    CHECK_THAT(prompt_for(&word, Language::english).description,
               Catch::StartsWith("[=] SHOWN BELOW IS WHAT IS SIGNED, BUT NOT ALL OF IT.\n"));
    CHECK_THAT(all_dialogs(prompt_for(&word, Language::english)).front(), Catch::Contains(" more letters of it\n"));
}

TEST_CASE("P16: no random mail breaks out of its lines, its pages or pinentry's limits")
{
    const Language language = GENERATE(as<Language>{}, Language::english, base::language_of("fr"));
    const std::regex ours(
        language == Language::english
            ? "> |>$|To[ :]|Cc[ :]|Bcc[ :]|Subject[ :]|Date[ :]|From[ :]|Sum[ :]|IBAN[ :]|Attachment[ :]|"
              "Link[ :]|Note[ :]|Text[ :,]|Asked by: |With: |Page \\d|NOT SHOWN: |On the pages|Digest: |"
              "Sign only|\\[\\?\\] (To|Cc|Bcc|Subject|Date|From|Sum|IBAN|Attachment|Link|Note|Text)[ :]"
            : "> |>$|À |Cc |Cci |Objet |Date |De |Somme |IBAN |Pièce jointe |Lien |Remarque |Texte |"
              "Suite du texte|Demandé par|Avec : |Page \\d|NON MONTRÉ|Sur les pages|Résumé|Ne signez|"
              "\\[\\?\\] (À|Cc|Cci|Objet|Date|De|Somme|IBAN|Pièce jointe|Lien|Remarque|Texte) ");
    test::RandomShown random(11);
    for (int i = 0; i < 200; ++i) {
        const ipc::Shown shown = random.next();
        const PromptText text = prompt_for(&shown, language, Content::mail, {},
                                           i % 2 == 0 ? "thunderbird" : std::string(200, 'W') + "日本");
        CHECK(text.pages.size() < 16);
        for (const std::string& page : all_dialogs(text)) {
            const auto lines = lines_in(page);
            CHECK(lines.size() <= kPageLines);
            CHECK(lines.front().starts_with(shown.level == Level::proven ? "[=] " : "[?] "));
            for (std::size_t n = 0; n < lines.size(); ++n) {
                if (base::columns_of(lines[n]) > kPageColumns)
                    FAIL(lines[n]);
                if (n > 0 && !std::regex_search(lines[n], ours, std::regex_constants::match_continuous))
                    FAIL(lines[n]);
            }
        }
        for (const std::string flavor : {"gtk2", "fltk"})
            for (const PromptText& dialog : dialogs_of(text, flavor))
                for (const std::string& line : lines_of(dialog, 60))
                    CHECK(line.size() < 1000);
    }
}

TEST_CASE("a text is wrapped at blanks, within words and around marks, and its lines have two bytes a column at most")
{
    CHECK(base::wrapped("", 10, 10) == Lines{""});
    CHECK(base::wrapped("one two three", 9, 9) == Lines{"one two", "three"});
    CHECK(base::wrapped("abcdefghijkl", 5, 4) == Lines{"abcde", "fghi", "jkl"});
    CHECK(base::wrapped("a\u202eb\u200bc\nd", 9, 9) == Lines{"abcd"});
    CHECK(base::wrapped("日日日", 4, 4) == Lines{"日日", "日"});
    CHECK(base::wrapped("abcde\u0301", 5, 5) == Lines{"abcd", "e\u0301"});
    CHECK(base::wrapped("\uFDFD\uFDFD", 20, 20) == Lines{"\uFDFD", "\uFDFD"});
    for (const auto& line : base::wrapped(std::string(300, '\xff') + "—————————————————————————————————", 20, 20))
        CHECK(line.size() <= 40);
}
