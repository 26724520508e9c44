// One person's honest request does not wait behind those of a hostile program.

#include "base/rsa_encoding.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>

#include <array>
#include <set>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;

namespace {

// Their addresses stand for different connections.
const std::array<int, 300> kPlaces{};

// Holds a queue until all have asked, and records in which order they get their turns.
class Round {
  public:
    void ask(const std::string& program, std::size_t connection)
    {
        asio::co_spawn(
            context_,
            [this,
             asker = Asker{.program = program, .connection = &kPlaces.at(connection)}]() -> asio::awaitable<void> {
                const auto turn = co_await queue.turn(asker);
                if (!turn)
                    co_return;
                order.push_back(asker.program +
                                std::to_string(static_cast<const int*>(asker.connection) - kPlaces.data()));
                co_await asio::post(context_, asio::use_awaitable);
            },
            asio::detached);
    }
    void run() { context_.run(); }

    Queue queue;
    std::vector<std::string> order;

  private:
    asio::io_context context_;
};

base::Result<ipc::Reply> answered(Bench& bench, Bench::Call& call)
{
    bench.run_until([&] { return call.done; });
    return call.reply;
}

ipc::Decrypt::Parameters decryption(const MemoryToken& token)
{
    base::Bytes ciphertext(256, 0x11);
    ciphertext[0] = 0; // smaller than every modulus
    return {.key = Bench::key_of(token),
            .scheme = base::DecryptionScheme::rsa_pkcs1,
            .ciphertext = ciphertext,
            .terminal = {}};
}

std::shared_ptr<MemoryToken> decrypting_token(const std::string& label)
{
    return memory_token(label, "direction@example.org", "123456", new_rsa_key(2048), "critical,keyEncipherment");
}

} // namespace

TEST_CASE("P9: turns alternate among programs, and among the connections of one program")
{
    Round round;
    for (std::size_t connection = 0; connection < 3; ++connection)
        for (int request = 0; request < 2; ++request)
            round.ask("a", connection);
    round.ask("b", 7);
    round.ask("b", 7);
    round.ask("c", 8);
    round.run();
    CHECK(round.order == std::vector<std::string>{"a0", "b7", "c8", "a1", "b7", "a2", "a0", "a1", "a2"});
    CHECK_FALSE(round.queue.is_taken());
}

TEST_CASE("P9: whatever a program asks for, another program's request follows the current turn")
{
    const std::size_t crowd = GENERATE(1U, 64U, 250U);
    Round round;
    for (std::size_t connection = 0; connection < crowd; ++connection)
        round.ask("hostile", connection);
    round.ask("honest", 299);
    round.run();
    const auto place = std::ranges::find(round.order, "honest299") - round.order.begin();
    CHECK(place == 1);
    CHECK(round.order.size() == crowd + 1);
}

TEST_CASE("the caller is told how many requests come first at most")
{
    Queue queue; // outlives the turns in the context
    asio::io_context context;
    const auto ask = [&](const std::string& program, std::size_t connection) {
        const Asker asker{.program = program, .connection = &kPlaces.at(connection)};
        const std::size_t before = queue.before(asker);
        asio::co_spawn(
            context,
            [&queue, asker]() -> asio::awaitable<void> {
                const auto turn = co_await queue.turn(asker);
                Event nothing;
                co_await nothing.wait(Clock::time_point::max());
            },
            asio::detached);
        context.poll();
        return before;
    };
    CHECK(ask("a", 0) == 0);
    CHECK(ask("a", 1) == 1);
    CHECK(ask("a", 2) == 2);
    CHECK(ask("b", 3) == 2);
    CHECK(ask("a", 1) == 4);
    CHECK(ask("c", 4) == 3);
}

TEST_CASE("P9: an honest request gets its dialog before another program's crowd, for the same token or another")
{
    const PinentryScript person({"cancel", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    const auto other = memory_token("Other", "other@example.org");
    Bench bench({token, other});
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    const std::size_t crowd = GENERATE(20U, 100U);
    for (std::size_t i = 0; i < crowd; ++i)
        bench.start_from("hostile", bench.request(*token));
    auto& honest = bench.start_from("mailer", bench.request(*token));
    CHECK(bench.is_good(answered(bench, honest), *token));
    bench.run_until([&] { return std::ranges::all_of(bench.calls, [](const auto& call) { return call->done; }); });
    // After three cancelled prompts the crowd's program is not asked about any more.
    CHECK(person.times_asked() == 4);
    std::multiset<ErrorCode> outcomes;
    for (std::size_t i = 1; i <= crowd; ++i)
        outcomes.insert(bench.calls.at(i)->reply.error().code);
    CHECK(outcomes.count(ErrorCode::cancelled) == 3);
    CHECK(outcomes.count(ErrorCode::not_permitted) == crowd - 3);
}

TEST_CASE("P9: a hundred requests of one program at a time all wait, and those over its limit are Busy")
{
    const PinentryScript person({"hang"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    for (int i = 0; i < 250; ++i)
        bench.start_from("hostile", bench.request(*token));
    bench.run_until([&] { return person.times_asked() == 1; });
    const auto refused = std::ranges::count_if(bench.calls, [](const auto& call) { return call->done; });
    CHECK(refused == 250 - 128);
    CHECK(bench.calls.back()->reply.error().code == ErrorCode::busy);
    auto& honest = bench.start_from("mailer", bench.request(*token));
    person.will_answer({"pin 123456"});
    bench.calls.front()->go();
    CHECK(bench.is_good(answered(bench, honest), *token));
    for (auto& call : bench.calls)
        call->go();
    bench.context.run();
    CHECK(token->workers_now == 0);
}

TEST_CASE("P9: a request whose client has gone leaves every queue at once")
{
    const PinentryScript person({"hang", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    for (int i = 0; i < 10; ++i)
        bench.start_from("hostile", bench.request(*token));
    auto& honest = bench.start_from("hostile", bench.request(*token)); // so that the request comes last
    bench.run_until([&] { return person.times_asked() == 1; });
    for (std::size_t i = 0; i < 10; ++i)
        bench.calls.at(i)->go();
    CHECK(bench.is_good(answered(bench, honest), *token));
    CHECK(token->workers == 2);
    for (std::size_t i = 0; i < 10; ++i)
        CHECK(bench.calls.at(i)->reply.error().code == ErrorCode::cancelled);
}

TEST_CASE("P9: a locked PIN is announced once for a crowd, and delays no dialog")
{
    const PinentryScript person({"hang", "pin 123456"}); // for the message, then the PIN
    const auto locked = memory_token("Locked", "locked@example.org");
    const auto token = memory_token("Direction", "direction@example.org");
    locked->tries_left = 0;
    Bench bench({locked, token});
    for (int i = 0; i < 20; ++i)
        bench.start_from("hostile", bench.request(*locked));
    bench.run_until([&] { return person.times_told() == 1; });
    auto& honest = bench.start_from("mailer", bench.request(*token));
    CHECK(bench.is_good(answered(bench, honest), *token));
    bench.context.run(); // ends when no dialog is open any more
    CHECK(person.times_told() == 1);
    CHECK(person.times_asked() == 1);
}

TEST_CASE("P9: the notice of a locked PIN is dropped when it had to wait and its client has gone")
{
    const PinentryScript person({"hang", "hang"});
    const auto locked = memory_token("Locked", "locked@example.org");
    const auto token = memory_token("Direction", "direction@example.org");
    locked->tries_left = 0;
    Bench bench({locked, token});
    auto& honest = bench.start_from("mailer", bench.request(*token));
    bench.run_until([&] { return person.times_asked() == 1; });
    auto& call = bench.start_from("command", bench.request(*locked));
    bench.run_until([&] { return call.done; });
    CHECK(call.reply.error().code == ErrorCode::pin_locked);
    call.go();
    honest.go();
    bench.context.run(); // ends when no dialog is open any more
    CHECK(person.times_told() == 0);
}

TEST_CASE("P9: decryptions for a token that was pulled out do not delay another token's")
{
    const PinentryScript person({"pin 123456"});
    const auto pulled = decrypting_token("Pulled");
    const auto token = decrypting_token("Direction");
    Bench bench({pulled, token});
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    pulled->pulled = true;
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    for (int i = 0; i < 5; ++i)
        bench.start_from("hostile", decryption(*pulled));
    CHECK(answered(bench, bench.start_from("mailer", decryption(*token))));
    for (std::size_t i = 2; i < 7; ++i) {
        CHECK(bench.calls.at(i)->stream.states() == std::vector<std::string>{"waiting_for_token"});
        bench.calls.at(i)->go();
    }
    bench.run_until([&] { return std::ranges::all_of(bench.calls, [](const auto& call) { return call->done; }); });
    CHECK(token->workers_now == 0);
}
