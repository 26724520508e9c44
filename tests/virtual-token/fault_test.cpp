// Each fault does what it says, as seen through PC/SC.
#include "tests/support/pcsc_client.h"
#include "tests/virtual-token/piv_commands.h"

#include <catch2/catch.hpp>

#include <future>

using namespace sceau;
using namespace sceau::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

/// A card, its reader, and a program connected to it.
struct Desk {
    Desk() { REQUIRE(client.connect(pcscd.reader(card)) == SCARD_S_SUCCESS); }

    PcscClient::Answer send(const base::Bytes& apdu) const { return client.transmit(base::BytesView(apdu)); }
    /// Sends the APDU on a thread of its own.
    std::future<PcscClient::Answer> start(const base::Bytes& apdu) const
    {
        return std::async(std::launch::async, [this, apdu] { return send(apdu); });
    }

    VirtualCard card;
    PrivatePcscd pcscd{{&card}};
    PcscClient client{pcscd};
};

bool has_unanswered(const CardLog& log)
{
    return std::ranges::any_of(log, [](const LogEntry& entry) { return entry.is_apdu() && !entry.sw; });
}

} // namespace

TEST_CASE("a status word in place of the Nth answer, and of no other")
{
    Desk desk;
    desk.card.schedule(AnswerStatus{0x6f00}, {.nth = 2});
    CHECK(desk.send(verify_query()).sw() == 0x63c3);
    CHECK(desk.send(verify("000000")).sw() == 0x6f00);
    CHECK(desk.send(verify_query()).sw() == 0x63c3);
    CHECK(desk.card.counters().verify_attempts == 0);
}

TEST_CASE("a command can be executed although its answer is replaced")
{
    Desk desk;
    desk.card.schedule(AnswerStatus{0x6f00}, {.execution = Execution::before_fault});
    CHECK(desk.send(verify("000000")).sw() == 0x6f00);
    CHECK(desk.card.pin_tries_left() == 2);
}

TEST_CASE("garbage in place of an answer")
{
    Desk desk;
    desk.card.schedule(AnswerGarbage{{1, 2, 3}});
    CHECK(desk.send(verify_query()).bytes == base::Bytes{1, 2, 3});
    desk.card.schedule(AnswerGarbage{{7}});
    CHECK(desk.send(verify_query()).bytes == base::Bytes{7});
    CHECK(desk.send(verify_query()).sw() == 0x63c3);
}

TEST_CASE("faults are counted from a mark that comes later")
{
    Desk desk;
    desk.card.schedule(AnswerStatus{0x6f00}, {.nth = 2, .after_mark = "PIN typed"});
    for (int before = 0; before < 3; ++before)
        CHECK(desk.send(verify_query()).sw() == 0x63c3);
    desk.card.mark("something else");
    CHECK(desk.send(verify_query()).sw() == 0x63c3);
    desk.card.mark("PIN typed");
    CHECK(desk.send(verify_query()).sw() == 0x63c3);
    CHECK(desk.send(verify_query()).sw() == 0x6f00);
    CHECK(count_apdus(after_mark(desk.card.log(), "PIN typed")) == 2);
}

TEST_CASE("a silent card answers in the end")
{
    Desk desk;
    desk.card.schedule(StaySilent{500ms});
    auto answer = desk.start(verify_query());
    REQUIRE(desk.card.wait_for([](const CardLog& log) { return count(log, LogEntry::Kind::fault) == 1; }));
    CHECK(has_unanswered(desk.card.log()));
    CHECK(answer.get().sw() == 0x63c3);
    CHECK_FALSE(has_unanswered(desk.card.log()));
}

TEST_CASE("a slow card delays each command")
{
    Desk desk;
    desk.card.set_latency(500ms);
    for (int command = 0; command < 2; ++command) {
        auto answer = desk.start(verify_query());
        REQUIRE(desk.card.wait_for(has_unanswered));
        CHECK(has_unanswered(desk.card.log()));
        CHECK(answer.get().sw() == 0x63c3);
    }
}

TEST_CASE("a paused card waits to be told to go on")
{
    Desk desk;
    const Execution execution = GENERATE(Execution::not_before_fault, Execution::before_fault);
    desk.card.schedule(Pause{}, {.execution = execution});
    auto answer = desk.start(verify("000000"));
    REQUIRE(desk.card.wait_until_paused());
    CHECK(has_unanswered(desk.card.log()));
    CHECK(desk.card.pin_tries_left() == (execution == Execution::before_fault ? 2 : 3));
    desk.card.resume();
    CHECK(answer.get().sw() == 0x63c2);
}

TEST_CASE("a card that vanishes gives no answer and is gone")
{
    Desk desk;
    desk.card.schedule(Vanish{}, {.nth = 2});
    REQUIRE(desk.send(verify("123456")).sw() == 0x9000);
    CHECK(desk.send(verify_query()).result == SCARD_E_NOT_TRANSACTED);
    desk.pcscd.wait_until_absent(desk.card);
    CHECK_FALSE(desk.card.is_inserted());
    CHECK_THAT(to_string(desk.card.log()), Contains("fault: vanish\nremoved\n"));
    desk.card.insert();
    desk.pcscd.wait_until_present(desk.card);
    CHECK_FALSE(desk.card.is_verified());
}

TEST_CASE("a card that vanishes can come back by itself")
{
    Desk desk;
    desk.card.schedule(Vanish{.back_after = 700ms}, {.execution = Execution::before_fault});
    CHECK(desk.send(verify("000000")).result == SCARD_E_NOT_TRANSACTED);
    desk.pcscd.wait_until_absent(desk.card);
    desk.pcscd.wait_until_present(desk.card);
    CHECK(desk.send(verify_query()).result == SCARD_W_REMOVED_CARD);
    REQUIRE(desk.client.connect(desk.pcscd.reader(desk.card)) == SCARD_S_SUCCESS);
    CHECK(desk.send(verify_query()).sw() == 0x63c2);
    CHECK(desk.card.counters().verify_attempts == 1);
}

TEST_CASE("a card that returns before pcscd checks counts as removed")
{
    Desk desk;
    desk.card.schedule(Vanish{.back_after = 0ms});
    desk.card.mark("now");
    REQUIRE(desk.send(verify_query()).result == SCARD_E_NOT_TRANSACTED);
    const auto has_power_again = [](const CardLog& log) {
        return count(after_mark(log, "now"), LogEntry::Kind::power_on) == 1;
    };
    REQUIRE(desk.card.wait_for(has_power_again));
    CHECK(desk.send(verify_query()).result == SCARD_W_REMOVED_CARD);
}

TEST_CASE("a card is pulled out while it is busy, or the whole token")
{
    Desk desk;
    const bool whole_token = GENERATE(false, true);
    desk.card.schedule(Pause{});
    auto answer = desk.start(verify("123456"));
    REQUIRE(desk.card.wait_until_paused());
    if (whole_token)
        desk.pcscd.unplug(desk.card);
    else
        desk.card.remove();
    CHECK(answer.get().result == (whole_token ? SCARD_E_READER_UNAVAILABLE : SCARD_E_NOT_TRANSACTED));
    CHECK(desk.card.counters().verify_attempts == 0);
}

TEST_CASE("the daemon is killed while the card is busy, and the card survives")
{
    Desk desk;
    desk.card.schedule(Pause{});
    auto answer = desk.start(verify("123456"));
    REQUIRE(desk.card.wait_until_paused());
    desk.pcscd.stop();
    CHECK(answer.get().result != SCARD_S_SUCCESS);
    desk.pcscd.start();
    PcscClient again(desk.pcscd);
    REQUIRE(again.connect(desk.pcscd.reader(desk.card)) == SCARD_S_SUCCESS);
    CHECK(again.transmit(verify_query()).sw() == 0x63c3);
}

TEST_CASE("faults that are cancelled do not occur")
{
    Desk desk;
    desk.card.schedule(Vanish{});
    desk.card.schedule(AnswerStatus{0x6f00});
    desk.card.clear_schedule();
    CHECK(desk.send(verify_query()).sw() == 0x63c3);
}

TEST_CASE("the log names every command with its sizes and its status, and never a PIN")
{
    Desk desk;
    desk.card.mark("here");
    desk.send(verify("123456"));
    desk.send(verify("987654"));
    desk.client.transmit(answer_challenge(PivSlot::key_management, kRsa2048, challenge_for(kRsa2048)));
    desk.send(get_data("5fc102"));
    const CardLog log = desk.card.log();
    CHECK(to_string(after_mark(log, "here")) == "VERIFY 00 80, 8 bytes: 0 bytes, 9000\n"
                                                "VERIFY 00 80, 8 bytes: 0 bytes, 63C2\n"
                                                "GENERAL AUTHENTICATE 10 07 9D, 255 bytes: 0 bytes, 9000\n"
                                                "GENERAL AUTHENTICATE 07 9D, 11 bytes: 0 bytes, 6982\n"
                                                "GET DATA 5FC102, 5 bytes: 61 bytes, 9000\n");
    for (const char* pin : {"123456", "987654", "313233343536", "393837363534"})
        CHECK_THAT(to_string(log), !Contains(pin));
    CHECK(desk.card.counters().verify_attempts == 2);
    CHECK(desk.card.counters().private_uses.empty());
}
