// What a person may type as a PIN, and what the agent does with it: no try is lost without the person's knowledge.

#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;

namespace fs = std::filesystem;

TEST_CASE("a wrong PIN opens the prompt again with the tries left and the right one then signs")
{
    const PinentryScript person({"pin 111111", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(person.log().find("SETERROR The token refused that PIN.") != std::string::npos);
    CHECK(person.log().find("(2 tries left)") != std::string::npos);
    CHECK(token->logins == 2);
    CHECK(token->workers == 2);
}

TEST_CASE("a PIN that was refused is not sent a second time")
{
    const PinentryScript person({"pin 111111", "pin 111111", "pin 111111", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(token->logins == 2);
    CHECK(person.log().find("it was not sent again") != std::string::npos);
}

TEST_CASE("a refused PIN is remembered beyond its request")
{
    const PinentryScript person({"pin 111111", "cancel", "pin 111111", "cancel"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    REQUIRE_FALSE(bench.run(bench.request(*token)));
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::cancelled);
    CHECK(token->logins == 1);
}

TEST_CASE("giving up after a wrong PIN is answered with the tries left")
{
    const PinentryScript person({"pin 111111", "cancel"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    const auto reply = bench.run(bench.request(*token));
    CHECK(reply.error().code == ErrorCode::pin_incorrect);
    CHECK(reply.error().tries_left == 2u);
}

TEST_CASE("an empty or overlong PIN is not sent")
{
    const PinentryScript person({"empty", "pin " + std::string(1200, '1'), "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    const auto reply = bench.run(bench.request(*token));
    // A line that is too long means a broken pinentry; what matters is that no login was tried with it.
    CHECK(token->logins == (reply ? 1u : 0u));
    CHECK(person.log().find("nothing was sent") != std::string::npos);
}

TEST_CASE("a PIN of a length that the token does not expect is neither sent nor counted unless it is typed again")
{
    const PinentryScript person({"pin 1234", "pin 123456789", "pin 1234", "pin 1234"});
    const auto token = memory_token("Direction", "direction@example.org", "1234");
    token->shortest_pin = 6;
    token->longest_pin = 8;
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(token->logins == 1);
    CHECK(person.log().find("This token's PIN has 6 to 8 characters.") != std::string::npos);
    CHECK(person.log().find("wrong one") == std::string::npos);
    CHECK(person.log().find("refused") == std::string::npos);
}

TEST_CASE("a PIN that is not ASCII reaches the token as it was typed")
{
    const PinentryScript person({"pin pässwörd 100%"});
    const auto token = memory_token("Direction", "direction@example.org", "pässwörd 100%");
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
}

TEST_CASE("the last try is never used up without the person's word")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->tries_left = 1;
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::pin_final_try);
    CHECK(token->logins == 0);
}

TEST_CASE("a locked token is answered without a prompt")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->tries_left = 0;
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::pin_locked);
    CHECK(person.times_asked() == 0);
}

TEST_CASE("the last try is used when the person types the word for it")
{
    const PinentryScript person({"pin other", "pin last", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->tries_left = 1;
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(token->logins == 1);
    CHECK(person.log().find("type the word LAST here (not the PIN)") != std::string::npos);
    CHECK(person.log().find("That was not the word") != std::string::npos);
    CHECK(person.log().find("(THE LAST TRY)") != std::string::npos);
}

TEST_CASE("a PIN typed in place of the word for the last try is not sent to the token")
{
    const PinentryScript person({"pin 123456", "pin 123456", "cancel"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->tries_left = 1;
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::pin_final_try);
    CHECK(token->logins == 0);
}

TEST_CASE("wrong PINs are counted if the token does not say how many tries are left")
{
    const PinentryScript person({"pin 111111", "pin 222222", "cancel", "pin 123456", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->silent = true;
    token->tries_left = 5;
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error() == base::pin_incorrect(std::nullopt));
    CHECK(person.log().find("a wrong one was typed before") != std::string::npos);
    CHECK(person.log().find("2 wrong ones were typed before") != std::string::npos);
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    fs::remove(person.folder() / "log");
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(person.log().find("typed before") == std::string::npos);
}

TEST_CASE("a PIN pad gets a notice instead of a PIN field")
{
    const PinentryScript person({"hang"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->pad = true;
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(person.times_asked() == 0);
    CHECK(person.log().find("ON THE READER'S OWN KEYS") != std::string::npos);
}

TEST_CASE("the notice for a PIN pad can cancel")
{
    const PinentryScript person({"press"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->pad = true;
    token->slow = true;
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::cancelled);
    CHECK(token->workers_now == 0);
}

TEST_CASE("a locked PIN is explained to the person, with whom to call")
{
    const PinentryScript person;
    const auto token = memory_token("Direction", "direction@example.org");
    token->tries_left = 0;
    Config config;
    config.pin_contact = "the help desk, 1234";
    Bench bench({token}, config);
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::pin_locked);
    CHECK(person.times_told() == 1);
    CHECK(person.log().find("IS LOCKED") != std::string::npos);
    CHECK(person.log().find("Call: the help desk, 1234") != std::string::npos);
}

TEST_CASE("the try that locks the PIN is explained too")
{
    const PinentryScript person({"pin LAST", "pin 111111"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->tries_left = 1;
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::pin_locked);
    CHECK(person.times_told() == 1);
}
