#include "agent/person/assuan.h"
#include "agent/person/caller.h"
#include "agent/person/prompt.h"
#include "agent/person/refused_pins.h"
#include "agent/policy.h"
#include "base/display_text.h"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace sceau;
using namespace sceau::agent;
using base::Language;

namespace {

Key some_key()
{
    Key key;
    key.token = {{.label = "Direction 2026", .serial = "1", .manufacturer = "m", .model = "x"}, "Reader 00 00", {}};
    key.facts.addresses = {"direction@example.org"};
    key.facts.not_after = std::chrono::sys_seconds(std::chrono::seconds(1803859200)); // 2027-03-01
    key.certificate = {0x30, 0};
    return key;
}

pkcs11::Operation some_signature()
{
    const auto scheme = base::Scheme::rsa_pkcs1_sha256;
    return pkcs11::Signature{
        .scheme = scheme,
        .digest = *base::Digest::for_scheme(scheme, base::hash_of(base::Hash::sha256, base::as_bytes("x")))};
}

PromptText prompt(const std::string& program, Language language, PinProblem problem = PinProblem::none,
                  std::optional<unsigned> tries = std::nullopt, const pkcs11::Operation& operation = some_signature())
{
    ::setenv("TZ", "UTC", 1);
    const Key key = some_key();
    return pin_prompt({.program = program, .key = key, .operation = operation, .place = 1, .waiting = 2, .pin = {}},
                      {.problem = problem, .tries_left = tries}, language);
}

ipc::Peer program(const std::string& name, const std::string& file, bool of_system = false,
                  std::vector<std::string> parents = {})
{
    ipc::Peer peer;
    peer.name = name;
    peer.executable = file;
    peer.of_system = of_system;
    peer.parents = std::move(parents);
    return peer;
}

base::Secret pin_of(std::string_view text)
{
    base::Secret pin = *base::Secret::create();
    for (const char c : text)
        REQUIRE(pin.append(static_cast<std::uint8_t>(c)));
    return pin;
}

} // namespace

TEST_CASE("a blind prompt says who claims to ask, that nothing can be shown, the digest and the key")
{
    const PromptText text = prompt("thunderbird", Language::english);
    CHECK(text.title == "Sceau: SIGN UNSEEN?");
    CHECK(text.ok == "Sign unseen");
    CHECK(text.pages.empty());
    CHECK(text.description == "[!] ITS CONTENT CANNOT BE SHOWN.\n"
                              "Sign only if you asked for just this, just now.\n"
                              "Asked by: thunderbird (as it claims)\n"
                              "With: direction@example.org (certificate until 1 Mar 2027)\n"
                              "Digest: sha256 2d71 1642 b726 b044 0162 7ca9 fbac 32f5 …\n"
                              "1 of 2 waiting requests\n");
    CHECK(text.prompt == "PIN of \"Direction 2026\":");
    CHECK(text.error.empty());
}

TEST_CASE("a blind prompt is in French for a French person")
{
    const PromptText text = prompt("thunderbird", base::language_of("fr"), PinProblem::incorrect, 2);
    CHECK(text.description.find("SON CONTENU NE PEUT PAS ÊTRE MONTRÉ.") != std::string::npos);
    CHECK(text.prompt == "Code PIN de « Direction 2026 » (2 essais restants) :");
    CHECK(text.error == "Le jeton a refusé ce code PIN.");
    CHECK(text.cancel == "Annuler");
}

TEST_CASE("a token without a label is named after what else it says of itself")
{
    Key key = some_key();
    static_cast<pkcs11::TokenIdentity&>(key.token) = {
        .label = "  ", .serial = "0042", .manufacturer = "Maker", .model = "Model"};
    const auto operation = some_signature();
    const auto prompt_for = [&] {
        return pin_prompt({.program = "mailer", .key = key, .operation = operation, .pin = {}}, {}, Language::english)
            .prompt;
    };
    CHECK(prompt_for() == "PIN of \"Maker Model 0042\":");
    key.token = {};
    CHECK(prompt_for() == "PIN of \"?\":");
}

TEST_CASE("no line of a prompt is wider than 60 columns")
{
    const std::string text = prompt(std::string(500, 'x'), base::language_of("fr")).description;
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        CHECK(base::shown(text.substr(begin, end - begin), 60) == text.substr(begin, end - begin));
        begin = end + 1;
    }
}

TEST_CASE("the prompt says beforehand that the token does not accept a PIN yet")
{
    const Key key = some_key();
    const auto operation = some_signature();
    const auto description = [&](pkcs11::PinState pin) {
        return pin_prompt({.program = "mailer", .key = key, .operation = operation, .pin = pin}, {}, Language::english)
            .description;
    };
    CHECK(description({.not_set = true}).find("PIN: none was ever set, says the token") != std::string::npos);
    CHECK(description({.to_be_changed = true}).find("PIN: it must be changed first") != std::string::npos);
    CHECK(description({}).find("PIN: ") == std::string::npos);
}

TEST_CASE("the length that the token expects is shown as far as it makes sense, within a line")
{
    const Key key = some_key();
    const auto operation = some_signature();
    const auto error = [&](unsigned shortest, unsigned longest, Language language) {
        std::string text = pin_prompt({.program = "mailer",
                                       .key = key,
                                       .operation = operation,
                                       .pin = {.shortest = shortest, .longest = longest}},
                                      {.problem = PinProblem::unlikely, .tries_left = {}}, language)
                               .error;
        CHECK(base::shown(text, 80) == text);
        return text;
    };
    CHECK(error(6, 8, Language::english).find(" 6 to 8 ") != std::string::npos);
    CHECK(error(6, 0, Language::english).find(" at least 6 ") != std::string::npos);
    CHECK(error(0, 8, base::language_of("fr")).find(" au plus 8 ") != std::string::npos);
    CHECK(error(8, 8, base::language_of("fr")).find(" 8 ") != std::string::npos);
    CHECK(error(255, 0, Language::english).size() > 1);
}

TEST_CASE("a dialog that cuts off text has caller, key, digest and question in four lines of 40 columns")
{
    const Language language = GENERATE(as<Language>{}, Language::english, base::language_of("fr"));
    Key key = some_key();
    key.facts.addresses = {"a-person-with-a-long-name@a-long-domain.example.org"};
    const pkcs11::Operation signature = some_signature();
    const pkcs11::Operation derivation = pkcs11::Derivation{{}};
    for (const pkcs11::Operation* operation : {&signature, &derivation})
        for (const std::string note : {"", "It is not the system's"})
            for (const CallerKind caller : {CallerKind::unknown, CallerKind::mail, CallerKind::browser, CallerKind::ssh,
                                            CallerKind::git, CallerKind::documents}) {
                const PromptText text = pin_prompt({.program = std::string(100, 'x'),
                                                    .caller = caller,
                                                    .program_note = note,
                                                    .key = key,
                                                    .operation = *operation,
                                                    .pin = {}},
                                                   {.tries_left = 2}, language);
                CHECK(std::ranges::count(text.brief, '\n') == 3);
                std::istringstream lines(text.brief);
                for (std::string line; std::getline(lines, line);)
                    CHECK(base::shown(line, 42) == line);
                CHECK(base::shown(text.brief_prompt, 16) == text.brief_prompt);
            }
    CHECK_THAT(prompt("thunderbird", Language::english).brief,
               Catch::Contains("thunderbird (as it claims)\ndirection@example.org\n2d71 1642"));
}

TEST_CASE("an Assuan line is escaped and cut on a character's boundary before pinentry's limit")
{
    CHECK(assuan_line("SETDESC ", "50% off\r\nnow") == "SETDESC 50%25 off%0D%0Anow");
    std::string accents;
    for (int i = 0; i < 1000; ++i)
        accents += "é";
    const std::string line = assuan_line("SETDESC ", accents);
    CHECK(line.size() == 1000);
    CHECK(line.ends_with("é"));
    CHECK(assuan_line("SETDESC ", std::string(990, 'a') + "\n\n").size() <= 1000);
}

TEST_CASE("a PIN that was refused is known for that token until it is forgotten")
{
    auto refused = RefusedPins::create();
    REQUIRE(refused);
    const TokenId one{{.label = "one", .serial = "1", .manufacturer = {}, .model = {}}, "reader 1", {}};
    const TokenId two{one, "reader 2", {}}; // a copy of the first token in another reader
    refused->remember(one, pin_of("1234"));
    CHECK(refused->was_refused(one, pin_of("1234")));
    CHECK_FALSE(refused->was_refused(one, pin_of("12345")));
    CHECK_FALSE(refused->was_refused(two, pin_of("1234")));
    refused->forget(one);
    CHECK_FALSE(refused->was_refused(one, pin_of("1234")));
}

TEST_CASE("three cancelled prompts in a minute silence that program for a while and no other")
{
    Policy policy(Blind::ask, {});
    const auto start = Clock::now();
    for (int i = 0; i < 3; ++i) {
        CHECK(policy.permits("/usr/bin/a", start));
        policy.note_cancelled("/usr/bin/a", start + std::chrono::seconds(i));
    }
    CHECK(policy.permits("/usr/bin/a", start + std::chrono::seconds(3)).error().code == base::ErrorCode::not_permitted);
    CHECK(policy.permits("/usr/bin/b", start + std::chrono::seconds(3)));
    CHECK(policy.permits("/usr/bin/a", start + std::chrono::seconds(61)));
}

TEST_CASE("a configuration that forbids blind signatures is obeyed for all or for one program")
{
    CHECK_FALSE(Policy(Blind::deny, {}).permits_blind("/usr/bin/a"));
    const Policy one(Blind::ask, {{.exe = "/usr/bin/ssh", .blind = Blind::deny}});
    CHECK_FALSE(one.permits_blind("/usr/bin/ssh"));
    CHECK(one.permits_blind("/usr/bin/thunderbird"));
    CHECK_FALSE(Policy(Blind::deny, {{.exe = "/usr/bin/a", .blind = Blind::ask}}).permits_blind("/usr/bin/a"));
}

TEST_CASE("P13: the prompt says that a program is in the person's own folders, whatever its name")
{
    const ipc::Peer system = program("thunderbird", "/usr/bin/thunderbird", true);
    CHECK(note_on_program(system, Language::english).empty());
    const ipc::Peer own = program("thunderbird", "/home/eve/thunderbird");
    CHECK(note_on_program(own, Language::english) ==
          "It is not the system's, but a program in your own folders:\n  /home/eve/thunderbird\n");
    CHECK_THAT(note_on_program(own, base::language_of("fr")), Catch::Contains("vos dossiers"));
    const ipc::Peer unseen = program("thunderbird", {});
    CHECK(note_on_program(unseen, Language::english) == "Which program it is cannot be seen.\n");
    const Key key = some_key();
    const pkcs11::Operation operation = some_signature();
    const PromptText text = pin_prompt({.program = program_of(own, Language::english),
                                        .program_note = note_on_program(own, Language::english),
                                        .key = key,
                                        .operation = operation,
                                        .pin = {}},
                                       {}, Language::english);
    CHECK_THAT(text.description, Catch::Contains("Asked by: thunderbird (as it claims)\n"
                                                 "It is not the system's, but a program in your own folders:\n"
                                                 "  /home/eve/thunderbird\n"));
}

TEST_CASE("P13: a program is named by its file if its own name says something else, or nothing")
{
    const auto named = [](const std::string& name, const std::string& file, std::vector<std::string> parents = {}) {
        return program_of(program(name, file, false, std::move(parents)), Language::english);
    };
    CHECK(named("thunderbird", "/usr/lib/thunderbird/thunderbird", {"bash"}) == "thunderbird < bash");
    CHECK(named("python3", "/usr/bin/python3.11") == "python3");
    CHECK(named("thunderbird", "/usr/bin/python3.11") == "thunderbird (python3.11)");
    CHECK(named("\u3164", "/usr/bin/mailer", {"\u3164", "bash"}) == "mailer < bash");
    CHECK(named("", "") == "A program without a name");
}

TEST_CASE("P3: dialogs name serial number and reader if labels are equal, and not if they differ")
{
    const auto [language, place] = GENERATE(
        table<Language, std::string>({{Language::english, "Token: serial 1, in Reader 00 00\n"},
                                      {base::language_of("fr"), "Jeton : n° de série 1, dans Reader 00 00\n"}}));
    const pkcs11::Operation operation = some_signature();
    for (const bool has_namesake : {false, true}) {
        Key key = some_key();
        key.has_namesake = has_namesake;
        const PromptRequest request{.program = "mailer", .key = key, .operation = operation, .pin = {}};
        for (const PromptText& text : {pin_prompt(request, {}, language), pad_notice(request, language),
                                       last_try_prompt(key, false, language), locked_message(key, "", language)})
            CHECK((text.description.find(place) != std::string::npos) == has_namesake);
    }
}

TEST_CASE("a key without a certificate is named as the token names it")
{
    Key key = some_key();
    key.certificate.clear();
    key.label = "Server key";
    const pkcs11::Operation operation = some_signature();
    const PromptRequest request{.program = "ssh", .key = key, .operation = operation, .pin = {}};
    CHECK_THAT(pin_prompt(request, {}, Language::english).description,
               Catch::Contains("With: the key \"Server key\", which has no certificate\n"));
}
