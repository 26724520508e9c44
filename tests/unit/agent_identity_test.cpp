// Which token and which key a request means if their names do not distinguish them, and what a key cannot do.
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sceau;
using namespace sceau::test;
using base::ErrorCode;

namespace {

/// Two tokens that say the same of themselves, in two readers.
struct Twins {
    Twins()
    {
        two->identity = one->identity;
        two->reader = "reader 2";
    }

    std::shared_ptr<MemoryToken> one = memory_token("Direction", "one@example.org", "111111");
    std::shared_ptr<MemoryToken> two = memory_token("Direction", "two@example.org", "222222");
    Bench bench{{one, two}};
};

/// One key on two tokens, as with a backup token.
struct Backup {
    explicit Backup(bool two_is_found_first = false) : bench(two_is_found_first ? List{two, one} : List{one, two})
    {
        two->keys = one->keys;
    }

    void pull(MemoryToken& token) { change(token, true); }
    void plug(MemoryToken& token) { change(token, false); }

    std::shared_ptr<MemoryToken> one = memory_token("Token A", "direction@example.org", "111111");
    std::shared_ptr<MemoryToken> two = memory_token("Token B", "direction@example.org", "222222");
    Bench bench;

  private:
    using List = std::vector<std::shared_ptr<MemoryToken>>;

    void change(MemoryToken& token, bool pulled)
    {
        token.pulled = pulled;
        bench.memory->changed().notify();
    }
};

std::vector<ipc::Key> keys(Bench& bench, std::optional<ipc::Usage> usage = {})
{
    const auto reply = bench.run(ipc::ListKeys::Parameters{.usage = usage});
    return std::get<ipc::ListKeys::Reply>(reply.value()).keys;
}

} // namespace

TEST_CASE("P3: tokens that say the same of themselves each get the PIN for their own key")
{
    const PinentryScript person({"pin 222222", "pin 111111"});
    Twins twins;
    CHECK(twins.bench.is_good(twins.bench.run(twins.bench.request(*twins.two)), *twins.two));
    CHECK(twins.bench.is_good(twins.bench.run(twins.bench.request(*twins.one)), *twins.one));
    CHECK(twins.one->logins == 1);
    CHECK(twins.two->logins == 1);
    CHECK(person.log().find("serial 0001, in reader 2") != std::string::npos);
    CHECK(person.log().find("serial 0001, in memory") != std::string::npos);
}

TEST_CASE("P3: a PIN that one token refused may be that of another that says the same of itself")
{
    const PinentryScript person({"pin 111111", "cancel", "pin 111111"});
    Twins twins;
    CHECK_FALSE(twins.bench.run(twins.bench.request(*twins.two)));
    CHECK(twins.bench.is_good(twins.bench.run(twins.bench.request(*twins.one)), *twins.one));
    CHECK(twins.one->tries_left == 3);
    CHECK(twins.two->tries_left == 2);
}

TEST_CASE("a token that was pulled out is gone although another says the same of itself")
{
    const PinentryScript person({"hang", "pin 111111"});
    Twins twins;
    twins.bench.follow();
    twins.bench.start(twins.bench.request(*twins.two));
    twins.bench.run_until([&] { return person.times_asked() == 1; });
    twins.two->pulled = true;
    twins.bench.memory->changed().notify();
    const auto& call = *twins.bench.calls.back();
    twins.bench.run_until([&] { return call.stream.states().back() == "waiting_for_token"; });
    twins.bench.calls.back()->go();
    twins.bench.run_until([&] { return call.done; });
    CHECK(twins.bench.is_good(twins.bench.answer_to(twins.bench.request(*twins.one)), *twins.one));
}

TEST_CASE("P3: a token that now holds another certificate gets no PIN, and is looked at again")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    const auto request = bench.request(*token);
    REQUIRE(keys(bench).size() == 1);
    token->keys = memory_token("Direction", "direction@example.org")->keys;
    const auto reply = bench.run(request);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == ErrorCode::key_not_found);
    CHECK(bench.memory->looks_wanted == 1);
    CHECK(token->logins == 0);
    CHECK(person.times_asked() == 0);
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
}

TEST_CASE("a certificate without its key is reported as such after one try, and not offered for use")
{
    const PinentryScript person({"pin 123456", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->keys.front().missing = true;
    Bench bench({token});
    CHECK_FALSE(keys(bench).at(0).private_key);
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::key_not_found);
    CHECK(keys(bench).at(0).private_key == ipc::PrivateKey::missing);
    CHECK(keys(bench, ipc::Usage::sign).empty());

    // A request for this key is still tried, since the private key may have been added meanwhile.
    token->keys.front().missing = false;
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK_FALSE(keys(bench).at(0).private_key);
}

TEST_CASE("a key whose certificate is on two tokens is used on the token that has the private key")
{
    const PinentryScript person({"pin 123456", "pin 123456"});
    const auto copy = memory_token("Copy", "direction@example.org");
    const auto token = memory_token("Direction", "direction@example.org");
    copy->keys = token->keys;
    copy->keys.front().missing = true;
    Bench bench({copy, token});
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::key_not_found);
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
}

TEST_CASE("a key that is on two tokens is used on the second when the first is pulled out while its dialog is open")
{
    const bool two_is_found_first = GENERATE(false, true);
    Backup backup(two_is_found_first);
    MemoryToken& pulled = two_is_found_first ? *backup.two : *backup.one;
    MemoryToken& stays = two_is_found_first ? *backup.one : *backup.two;
    const PinentryScript person({"hang", "pin " + stays.pin});
    backup.bench.follow();
    backup.bench.start(backup.bench.request(pulled));
    const auto& call = *backup.bench.calls.back();
    backup.bench.run_until([&] { return person.times_asked() == 1; });
    CHECK_THAT(person.log(), Catch::Contains(pulled.identity.label) && !Catch::Contains(stays.identity.label));
    backup.pull(pulled);
    backup.bench.run_until([&] { return call.done; });
    CHECK(backup.bench.is_good(call.reply, stays));
    CHECK(call.stream.states() == std::vector<std::string>{"pin", "pin", "signing"});
    CHECK_THAT(person.log(), Catch::Contains(stays.identity.label));
    CHECK(pulled.logins == 0);
    CHECK(stays.logins == 1);
}

TEST_CASE("a request whose token was pulled out goes on when another token with the key is plugged in")
{
    const PinentryScript person({"hang", "hang", "pin 222222"});
    Backup backup;
    backup.two->pulled = true;
    backup.bench.follow();
    backup.bench.start(backup.bench.request(*backup.one));
    const auto& call = *backup.bench.calls.back();
    backup.bench.run_until([&] { return person.times_asked() == 1; });
    backup.pull(*backup.one);
    backup.bench.run_until([&] { return person.times_told() == 1; });
    backup.plug(*backup.two);
    backup.bench.run_until([&] { return call.done; });
    CHECK(backup.bench.is_good(call.reply, *backup.two));
    CHECK(call.stream.states() == std::vector<std::string>{"pin", "waiting_for_token", "pin", "signing"});
    CHECK(backup.two->logins == 1);
}

TEST_CASE("the second token of a key has its own turns: requests for the first token do not block it")
{
    const PinentryScript person({"hang", "pin 222222", "pin 222222"});
    Backup backup;
    backup.bench.follow();
    backup.bench.start(backup.bench.request(*backup.one));
    backup.bench.run_until([&] { return person.times_asked() == 1; });
    backup.bench.start(backup.bench.request(*backup.one));
    backup.pull(*backup.one);
    backup.bench.run_until(
        [&] { return std::ranges::all_of(backup.bench.calls, [](const auto& call) { return call->done; }); });
    for (const auto& call : backup.bench.calls)
        CHECK(backup.bench.is_good(call->reply, *backup.two));
    CHECK(backup.two->logins == 2);
    CHECK(backup.two->workers_at_most == 1);
}

TEST_CASE("what a login has shown of a key is forgotten when the token shows other objects")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->keys.front().missing = true;
    Bench bench({token});
    REQUIRE_FALSE(bench.run(bench.request(*token)));
    REQUIRE(keys(bench).at(0).private_key == ipc::PrivateKey::missing);
    token->keys.push_back(memory_token("Other", "other@example.org")->keys.front());
    CHECK_FALSE(keys(bench).at(0).private_key);
}

TEST_CASE("a key of which the token shows only the public key is listed without certificate, and signs")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->keys.front().label = "Server key";
    Bench bench({token});
    const auto listed = keys(bench);
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].id == Bench::key_of(*token));
    CHECK(listed[0].certificate.empty());
    CHECK(listed[0].label == "Server key");
    CHECK(listed[0].private_key == ipc::PrivateKey::seen);
    CHECK(base::KeyId::of_public_key(listed[0].public_key.value()) == listed[0].id);
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(person.log().find("Server key") != std::string::npos);
}

TEST_CASE("after a wrong signature the tokens are looked at again")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.memory->spoil = [](base::Bytes& signature) { signature.back() ^= 1; };
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::token_failed);
    CHECK(bench.memory->looks_wanted == 1);
}

TEST_CASE("a request for a fresh list has the tokens looked at, and other requests do not")
{
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    REQUIRE(bench.run(ipc::ListTokens::Parameters{}));
    CHECK(bench.memory->looks_wanted == 0);
    REQUIRE(bench.run(ipc::ListKeys::Parameters{.refresh = true}));
    REQUIRE(bench.run(ipc::ListTokens::Parameters{.refresh = true}));
    CHECK(bench.memory->looks_wanted == 2);
}
