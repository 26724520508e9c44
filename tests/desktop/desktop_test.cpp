// What a person sees of the dialogs in the pinentries that Debian has (desk.py): each whole on its screen, in the exact
// words. It shows the texts and lines of the protocol that the agent itself would.
#include "agent/person/pinentry.h"
#include "agent/person/prompt.h"
#include "tests/support/random_shown.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <functional>

using namespace sceau;
using namespace sceau::agent;
using base::Language;
using ipc::FieldName;
using ipc::Level;
using nlohmann::json;

namespace {

struct Shown {
    PromptText text;
    bool asks = false; // for the PIN
};

PromptText prompt_for(const ipc::Shown* shown, Language language, const PinHistory& history = {})
{
    Key key;
    key.token = {{.label = "Direction 2026", .serial = "1", .manufacturer = "m", .model = "x"}, "Reader 00 00", {}};
    key.facts.addresses = {"direction@example.org"};
    key.facts.not_after = std::chrono::sys_seconds(std::chrono::seconds(1803859200)); // 2027-03-01
    key.certificate = {0x30, 0};
    const auto scheme = base::Scheme::rsa_pkcs1_sha256;
    const pkcs11::Operation signature = pkcs11::Signature{
        .scheme = scheme,
        .digest = *base::Digest::for_scheme(scheme, base::hash_of(base::Hash::sha256, base::as_bytes("x")))};
    return pin_prompt({.program = "thunderbird",
                       .key = key,
                       .operation = signature,
                       .content = shown,
                       .kind = Content::mail,
                       .pin = {}},
                      history, language);
}

std::string name_in_protocol(const std::string& flavor)
{
    return flavor == "gtk-2" ? "gtk2" : flavor;
}

void append_dialogs(std::vector<Shown>& all, const PromptText& text, const std::string& flavor)
{
    auto dialogs = dialogs_of(text, name_in_protocol(flavor));
    for (std::size_t i = 0; i < dialogs.size(); ++i)
        all.push_back({.text = std::move(dialogs[i]), .asks = i + 1 == dialogs.size()});
}

std::size_t longest_line(const Shown& shown)
{
    std::size_t longest = 0;
    std::size_t length = 0;
    for (const char c : shown.text.description)
        if (c == '\n')
            longest = std::max(longest, std::exchange(length, 0));
        else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
            ++length;
    return longest;
}

// The dialogs of random mails that are hardest to show: `each` by their lines, letters of a line, wide letters
// and bytes.
std::vector<Shown> hardest_dialogs(const std::string& flavor, int mails, std::size_t each)
{
    test::RandomShown random(7);
    std::vector<Shown> all;
    for (int i = 0; i < mails; ++i) {
        const ipc::Shown shown = random.next();
        append_dialogs(all, prompt_for(&shown, Language::english), flavor);
        if (i % 10 == 0)
            append_dialogs(
                all,
                prompt_for(&shown, base::language_of("fr"), {.problem = PinProblem::refused_before, .tries_left = 2}),
                flavor);
    }
    const std::vector<std::function<std::size_t(const Shown&)>> measures{
        [](const Shown& one) {
            return static_cast<std::size_t>(std::ranges::count(one.text.description, '\n')) +
                   (one.text.error.empty() ? 0 : 2);
        },
        longest_line,
        [](const Shown& one) {
            return static_cast<std::size_t>(std::ranges::count(one.text.description, 'W')) +
                   static_cast<std::size_t>(std::ranges::count(one.text.description, '@'));
        },
        [](const Shown& one) { return one.text.description.size(); }};
    std::vector<Shown> hardest;
    for (const auto& measure : measures) {
        std::vector<std::pair<std::size_t, std::size_t>> order; // how hard, and which
        for (std::size_t i = 0; i < all.size(); ++i)
            order.emplace_back(measure(all[i]), i);
        std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(each), std::greater{});
        for (std::size_t i = 0; i < each; ++i)
            hardest.push_back(all[order[i].second]);
    }
    return hardest;
}

json seen_of(const std::string& flavor, const std::vector<Shown>& dialogs, bool read)
{
    const test::TemporaryFolder folder;
    json orders = json::array();
    for (const Shown& dialog : dialogs)
        orders.push_back(
            {{"lines", lines_of(dialog.text, 300)}, {"command", dialog.asks ? "GETPIN" : "CONFIRM"}, {"read", read}});
    const auto file = folder.write("dialogs", orders.dump());
    const auto answer = folder.path() / "answer";
    test::run({SCEAU_SOURCE_DIR "/tests/desktop/desk.py", flavor, file.string(), answer.string()});
    std::ifstream stream(answer);
    return json::parse(stream);
}

std::vector<std::string> lines_in(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// pyte composes letters and marks in its own way.
std::string ascii_of(const std::string& text)
{
    std::string ascii;
    std::ranges::copy_if(text, std::back_inserter(ascii), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return ascii;
}

void check_is_on_terminal(const Shown& dialog, const json& seen)
{
    CHECK_FALSE(seen.at("answer").back().get<std::string>().starts_with("ERR 83886381")); // window too small
    std::string rows;
    for (const auto& row : seen.at("rows"))
        rows += ascii_of(row.get<std::string>()) + "\n";
    for (const std::string& line : lines_in(dialog.text.description))
        CHECK_THAT(rows, Catch::Contains(ascii_of(line.substr(0, line.find("e\u0301")))));
}

void check_is_on_screen(const json& seen)
{
    REQUIRE_FALSE(seen.at("windows").empty());
    for (const auto& window : seen.at("windows")) {
        INFO(window.dump());
        CHECK(window.at(0) <= seen.at("screen").at(0));
        CHECK(window.at(1) <= seen.at("screen").at(1));
        CHECK(window.at(2) >= 0);
        CHECK(window.at(3) >= 0);
    }
}

ipc::Shown order_of_payment(Level level)
{
    return {.level = level,
            .lines = {{FieldName::from, level, "direction@example.org", "direction@example.org", {}},
                      {FieldName::to,
                       level,
                       "tresorerie@banque.example",
                       "tresorerie@banque.example",
                       {ipc::Mark::outside, ipc::Mark::first_time}},
                      {FieldName::bcc, Level::claimed, "audit@example.org", "audit@example.org", {}},
                      {FieldName::subject, level, "Virement <b>à faire</b> & _vite_", {}, {}},
                      {FieldName::sum, level, "48 000 €", {}, {}},
                      {FieldName::text, level, "Merci de virer 48 000 €.", {}, {}}}};
}

// Asserts each look in its exact words, and that the PIN arrives.
void check_words(const std::string& flavor)
{
    for (const Language language : {Language::english, base::language_of("fr")}) {
        std::vector<Shown> dialogs;
        const ipc::Shown proven = order_of_payment(Level::proven);
        const ipc::Shown claimed = order_of_payment(Level::claimed);
        for (const ipc::Shown* shown : {&proven, &claimed, static_cast<const ipc::Shown*>(nullptr)})
            append_dialogs(dialogs, prompt_for(shown, language), flavor);
        const json seen = seen_of(flavor, dialogs, true);
        for (std::size_t i = 0; i < dialogs.size(); ++i) {
            if (dialogs[i].asks)
                CHECK(seen.at(i).at("answer") == json::array({"D 123456", "OK"}));
            if (seen.at(i).contains("rows")) {
                check_is_on_terminal(dialogs[i], seen.at(i));
                continue;
            }
            check_is_on_screen(seen.at(i));
            if (flavor == "fltk") // tells a screen reader nothing
                continue;
            INFO(seen.at(i).dump(2));
            const std::string description = dialogs[i].text.description;
            CHECK(std::ranges::any_of(seen.at(i).at("texts"), [&](const json& text) { return text == description; }));
            CHECK(std::ranges::any_of(seen.at(i).at("buttons"),
                                      [&](const json& button) { return button == dialogs[i].text.ok; }));
            if (flavor != "gnome3")
                CHECK(seen.at(i).at("title") == dialogs[i].text.title);
        }
    }
}

} // namespace

TEST_CASE("P16: the looks and the hardest of 100 random mails are whole in a terminal of 80 by 24")
{
    check_words("curses");
    const auto hardest = hardest_dialogs("curses", 100, 2);
    const json seen = seen_of("curses", hardest, false);
    for (std::size_t i = 0; i < hardest.size(); ++i)
        check_is_on_terminal(hardest[i], seen.at(i));
}

#ifdef SCEAU_ALL_PINENTRIES
TEST_CASE("P16: the hardest of 1,000 random mails are whole on each terminal and screen", "[whole]")
{
    const std::string flavor = GENERATE(as<std::string>{}, "curses", "tty", "gtk-2", "qt", "gnome3", "fltk");
    DYNAMIC_SECTION(flavor)
    {
        const auto hardest = hardest_dialogs(flavor, 1000, 20);
        const json seen = seen_of(flavor, hardest, false);
        for (std::size_t i = 0; i < hardest.size(); ++i) {
            INFO(hardest[i].text.description);
            if (seen.at(i).contains("rows"))
                check_is_on_terminal(hardest[i], seen.at(i));
            else
                check_is_on_screen(seen.at(i));
        }
    }
}

TEST_CASE("P16: each look has its exact words in each pinentry, and the PIN arrives", "[whole]")
{
    const std::string flavor = GENERATE(as<std::string>{}, "tty", "gtk-2", "qt", "gnome3", "fltk");
    INFO(flavor);
    check_words(flavor);
}
#endif
