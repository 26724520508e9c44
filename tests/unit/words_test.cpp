#include "base/error_table.h"
#include "clients/words/failure.h"
#include "clients/words/obstacle.h"
#include "clients/words/progress.h"
#include "clients/words/sentence.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <set>

using namespace sceau;
using namespace sceau::words;
using base::ErrorCode;
using base::Language;
using sending::Failure;
using sending::Interrupted;
using sending::NoKeys;
using sending::NotTheSender;

namespace {

const Console kEnglish{.language = Language::english};
const Console kFrench{.language = base::language_of("fr")};

} // namespace

TEST_CASE("every error has an exit status after sysexits and one sentence in each language")
{
    const std::vector<std::pair<ErrorCode, int>> statuses = {
        {ErrorCode::key_not_found, 77},
        {ErrorCode::token_absent, 75},
        {ErrorCode::pin_incorrect, 77},
        {ErrorCode::pin_locked, 77},
        {ErrorCode::pin_final_try, 77},
        {ErrorCode::pin_to_be_changed, 77},
        {ErrorCode::cancelled, 77},
        {ErrorCode::timed_out, 75},
        {ErrorCode::not_permitted, 77},
        {ErrorCode::evidence_mismatch, 77},
        {ErrorCode::unsupported, 77},
        {ErrorCode::busy, 75},
        {ErrorCode::token_failed, 70},
        {ErrorCode::journal_failed, 70},
        {ErrorCode::internal, 70},
        {ErrorCode::invalid_parameter, 64},
        {ErrorCode::method_not_found, 70},
        {ErrorCode::interface_not_found, 70},
        {ErrorCode::expected_more, 70},
        {ErrorCode::bad_frame, 70},
        {ErrorCode::agent_unreachable, 69},
        {ErrorCode::bad_message, 65},
        {ErrorCode::io, 74},
    };
    CHECK(statuses.size() == static_cast<std::size_t>(ErrorCode::io) + 1);
    for (const auto& [code, status] : statuses) {
        base::Error error;
        error.code = code;
        error.message = "the detail.";
        INFO(base::to_string(code));
        CHECK(exit_status(error) == status);
        const std::string english = explained(error, kEnglish);
        const std::string french = explained(error, kFrench);
        CHECK_THAT(english, Catch::StartsWith("sceau: ") && Catch::EndsWith("\n"));
        CHECK_THAT(english, !Catch::Contains("..") && !Catch::Contains("{"));
        CHECK_THAT(french, Catch::StartsWith("sceau: ") && Catch::EndsWith("\n"));
        CHECK(french != english);
    }
}

TEST_CASE("the manual page lists each error's exit status")
{
    std::ifstream file(std::string(SCEAU_SOURCE_DIR) + "/docs/man/sceau.1");
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    for (const base::ErrorTraits& error : base::kErrors)
        CHECK_THAT(page, Catch::Contains("\n.It " + std::to_string(error.exit_status) + "\n"));
}

TEST_CASE("an interruption and an absent token have their own exit status")
{
    CHECK(exit_status(Interrupted{}) == 130);
    CHECK(exit_status(NoKeys{}) == 75);
    CHECK(exit_status(NotTheSender{.address = "a@x.org", .senders = {}}) == 77);
    CHECK(explained(Failure(NoKeys{}), kEnglish) ==
          "sceau: No token with a key is plugged in.\n       Plug it in and try again.\n");
}

TEST_CASE("each obstacle to seeing tokens is named, with what to do about it")
{
    std::set<std::string> said;
    for (const auto& kind : enumerators(ipc::Obstacle::Kind{})) {
        const std::vector<ipc::Obstacle> one = {{.kind = kind.value, .module = "/m\n.so", .detail = "why\x1b[31m"}};
        for (const Console& console : {kEnglish, kFrench}) {
            const std::string text = explained(one, console);
            INFO(text);
            CHECK_THAT(text, Catch::StartsWith("sceau: ") && Catch::EndsWith("\n") && !Catch::Contains("{") &&
                                 !Catch::Contains("\x1b"));
            CHECK(std::ranges::count(text, '\n') == 2);
            said.insert(text);
        }
    }
    CHECK(said.size() == 2 * enumerators(ipc::Obstacle::Kind{}).size());
    const NoKeys failing{.seen = {.tokens = {}, .obstacles = {{.kind = ipc::Obstacle::Kind::no_pcscd}}}};
    CHECK_THAT(explained(Failure(failing), kEnglish), Catch::Contains("pcscd") && !Catch::Contains("No token"));
}

TEST_CASE("a token without a key is named")
{
    ipc::Token token;
    token.label = "Direction 2026";
    token.serial = "1";
    ipc::Key key;
    key.token_label = "Direction 2026";
    key.token_serial = "1";
    CHECK(tokens_without_key({token}, {key}).empty());
    key.token_serial = "2";
    CHECK(tokens_without_key({token}, {key}).size() == 1);
    const std::string text = explained(Failure(NoKeys{.seen = {.tokens = {token}}}), kEnglish);
    CHECK_THAT(text, Catch::StartsWith("sceau: The token \"Direction 2026\" is plugged in, but shows no certificate"));
}

TEST_CASE("a wrong PIN says how many tries are left, where that is known")
{
    CHECK(explained(Failure(base::pin_incorrect(2)), kEnglish) ==
          "sceau: The PIN was wrong: nothing was signed. Tries left: 2.\n       Try again with the right one.\n");
    CHECK(explained(Failure(base::pin_incorrect(std::nullopt)), kFrench) ==
          "sceau: Le code PIN était faux : rien n'a été signé.\n       Recommencez avec le bon code.\n");
}

TEST_CASE("a French sentence has no English in it, and a reason that is not known in French is said to be English")
{
    const auto french = [](const std::string& reason) {
        return explained(Failure(base::unsupported(reason)), kFrench);
    };
    CHECK(french("cancelled three times within a minute: wait a minute") ==
          "sceau: C'est impossible : trois fois annulé en une minute ; attendez une minute.\n");
    CHECK(french("the PIN dialog cannot open here (pinentry: 83918950 x): it opens on terminals only; install the "
                 "package pinentry-qt, which opens on the desktop") ==
          "sceau: C'est impossible : la fenêtre du code PIN ne peut s'ouvrir ici (pinentry : 83918950 x) ; elle ne "
          "s'ouvre que dans un terminal : installez le paquet pinentry-qt, qui s'ouvre sur le bureau.\n");
    CHECK(french("the PIN dialog ended unexpectedly (exit status 1)") ==
          "sceau: C'est impossible : la fenêtre du code PIN s'est fermée d'elle-même (exit status 1).\n");
    CHECK(french("the PIN dialog ended unexpectedly (exit status 1): the session's display does not answer; log in to "
                 "the desktop again, or sign from a terminal") ==
          "sceau: C'est impossible : la fenêtre du code PIN s'est fermée d'elle-même (exit status 1) ; l'écran de la "
          "session ne répond pas : reconnectez-vous au bureau, ou signez depuis un terminal.\n");
    CHECK(french("the moon is full") == "sceau: C'est impossible.\n       En anglais : the moon is full.\n");
}

TEST_CASE("a message of the agent's cannot control the terminal")
{
    CHECK(explained(Failure(base::io("a\x1b[31m\nb")), kEnglish) == "sceau: a[31mb.\n");
}

TEST_CASE("progress is a line each, and none while the PIN dialog may use the terminal")
{
    const auto line = [](ipc::State state, std::optional<int> before = {}) {
        return explained(
            ipc::Progress{.state = state, .token_label = "Direction 2026", .before = before, .tries_left = {}},
            kEnglish);
    };
    CHECK(line(ipc::State::waiting_for_token) == "Insert the token \"Direction 2026\".\n");
    CHECK(line(ipc::State::queued, 1) == "Another request comes first.\n");
    CHECK(line(ipc::State::queued, 3) == "3 requests come before this one.\n");
    CHECK(line(ipc::State::signing) == "The token \"Direction 2026\" checks the PIN and signs if it is right.\n");
    CHECK(line(ipc::State::pin).empty());
}

TEST_CASE("P16: before the dialog opens, a person is told at which level it shows what is signed")
{
    const auto line = [](ipc::Level level, const Console& console) {
        return explained(ipc::Progress{.state = ipc::State::pin, .shown = ipc::Shown{.level = level}}, console);
    };
    CHECK(line(ipc::Level::proven, kEnglish) == "The dialog shows what will be signed.\n");
    CHECK(line(ipc::Level::claimed, kEnglish) == "The dialog shows only what this program says will be signed.\n");
    CHECK(line(ipc::Level::unseen, kEnglish) == "The dialog cannot show the content that will be signed.\n");
    CHECK(line(ipc::Level::unseen, kFrench) == "La fenêtre ne peut pas montrer le contenu qui sera signé.\n");
}

TEST_CASE("items are enumerated as people do")
{
    CHECK(enumerated({}, Language::english).empty());
    CHECK(enumerated({"a"}, Language::english) == "a");
    CHECK(enumerated({"a", "b"}, base::language_of("fr")) == "a et b");
    CHECK(enumerated({"a", "b", "c"}, Language::english) == "a, b and c");
}

TEST_CASE("text for a terminal without UTF-8 is ASCII")
{
    CHECK(ascii_of("● ✖ ○ · « é œ … 日 \xc2\x9b") == "* X o - \" e oe ... ? ?");
    CHECK(ascii_of("").empty());
}
