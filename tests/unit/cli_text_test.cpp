#include "clients/cli/layout.h"
#include "clients/cli/suggestion.h"
#include "clients/cli/tables.h"

#include <catch2/catch.hpp>

#include <map>

using namespace sceau;
using namespace sceau::cli;
using base::Language;

namespace {

const Console kInEnglish{.language = Language::english};
const Console kInFrench{.language = base::language_of("fr")};

} // namespace

TEST_CASE("a mistyped word gets a suggestion if there is a similar one")
{
    const std::vector<std::string> commands = {"sign", "verify", "keys", "tokens", "digest", "watch"};
    for (const auto& [typed, meant] : std::map<std::string, std::string>{{"sgn", "sign"},
                                                                         {"sing", "sign"},
                                                                         {"verfy", "verify"},
                                                                         {"key", "keys"},
                                                                         {"token", "tokens"},
                                                                         {"wathc", "watch"},
                                                                         {"digests", "digest"}})
        CHECK(nearest(typed, commands) == meant);
    for (const std::string typed : {"", "x", "help", "encrypt", "list", "si"})
        CHECK_FALSE(nearest(typed, commands));
    CHECK_FALSE(nearest(std::string(100000, 's'), commands));
}

TEST_CASE("columns of a table stand under each other, also with wide characters")
{
    CHECK(table({{{"A"}, {"B"}, {"C"}}, {{"été"}, {"日本"}, {""}}, {{""}, {"x"}, {"y"}}}, kInEnglish) ==
          "A    B     C\n"
          "été  日本\n"
          "     x     y\n");
}

TEST_CASE("a paragraph is indented and broken between words, and a longer word has a line of its own")
{
    CHECK(paragraph("one two three", 2, 9) == "  one two\n  three\n");
    CHECK(paragraph("a abcdefghijkl b", 2, 8) == "  a\n  abcdefghijkl\n  b\n");
}

TEST_CASE("without a token the tables say what to do")
{
    CHECK(token_table({}, kInEnglish) == "No token is plugged in: plug it in.\n");
    CHECK(key_table({}, Moment(), kInFrench) == "Aucun jeton avec une clé n'est branché : branchez-le.\n");
}

TEST_CASE("the table of tokens shows what each reports about its PIN")
{
    const auto token = [](const char* label, ipc::PinState pin) {
        return ipc::Token{.label = label,
                          .serial = "0001",
                          .manufacturer = "Maker",
                          .model = "Model",
                          .reader = "Reader 00",
                          .module = {},
                          .pin = pin};
    };
    CHECK(
        token_table({token("one", {}), token("two", {.low = true, .final_try = true}), token("three", {.locked = true}),
                     token("four", {.to_be_changed = true}), token("five", {.not_set = true})},
                    kInEnglish) == "TOKEN  MODEL        SERIAL  READER     PIN\n"
                                   "one    Maker Model  0001    Reader 00  ok\n"
                                   "two    Maker Model  0001    Reader 00  one try left\n"
                                   "three  Maker Model  0001    Reader 00  LOCKED\n"
                                   "four   Maker Model  0001    Reader 00  to be changed first\n"
                                   "five   Maker Model  0001    Reader 00  never set: set it first\n");
}

TEST_CASE("the table of keys shows serial number and reader if tokens share a label, and keys without certificate")
{
    ipc::Key one;
    one.token_label = "Direction";
    one.token_serial = "00000000";
    one.token_reader = "Reader 00";
    one.label = "Server key";
    one.algorithm = "ec";
    ipc::Key two = one;
    CHECK_THAT(key_table({one, two}, Moment(), kInEnglish), !Catch::Contains("Reader 00"));
    two.token_reader = "Reader 01";
    const std::string both = key_table({one, two}, Moment(), kInEnglish);
    CHECK_THAT(both, Catch::Contains("Direction (00000000, Reader 00)"));
    CHECK_THAT(both, Catch::Contains("Direction (00000000, Reader 01)"));
    CHECK_THAT(both, Catch::Contains("Server key"));
    CHECK_THAT(both, Catch::Contains("it has no certificate, which mail needs"));
}
