// Another program of the same person tries to use the card's keys while a signature is under way: docs/threat-model.md.
#include "tests/e2e/card_hammer.h"
#include "tests/support/pcsc_proxy.h"
#include "tests/support/typing_hook.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <limits>
#include <optional>
#include <set>

using namespace sceau::test;

namespace {

constexpr std::uint64_t kTries = 1000; // for each key at each step
constexpr std::uint32_t kTransmit = 0x09;
constexpr const char* kNothing = "9A 0, 9C 0, 9D 0";

// The agent does not give up on the module while the module is stopped.
constexpr const char* kPatient = "timeout_s = 3600\n";

/// Stops the signing worker at its PC/SC calls, one after the other.
class Stops {
  public:
    enum class From { request, pin };

    /// The next new program that makes a PC/SC call is stopped at its nth call and at each one after it. Before the PIN
    /// this may be a discovery, if one runs.
    void arm(From from, std::size_t nth = 1)
    {
        const std::lock_guard lock(mutex_);
        armed_ = from == From::request;
        waits_for_pin_ = from == From::pin;
        worker_.reset();
        calls_until_stop_ = nth;
    }

    /// Lets every program run on.
    void disarm()
    {
        const std::lock_guard lock(mutex_);
        armed_ = false;
        waits_for_pin_ = false;
        if (held_)
            verdict_ = PcscProxy::Verdict::pass_on;
        held_.reset();
        changed_.notify_all();
    }

    void note_pin()
    {
        const std::lock_guard lock(mutex_);
        armed_ = armed_ || waits_for_pin_;
    }

    PcscProxy::Verdict judge(const PcscCall& call)
    {
        std::unique_lock lock(mutex_);
        if (!armed_ && !waits_for_pin_)
            others_.insert(call.pid);
        if (!armed_ || others_.contains(call.pid) || (worker_ && *worker_ != call.pid))
            return PcscProxy::Verdict::pass_on;
        worker_ = call.pid;
        if (--calls_until_stop_ > 0)
            return PcscProxy::Verdict::pass_on;
        calls_until_stop_ = 1;
        held_ = call;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_; });
        return verdict_;
    }

    /// Returns nothing when `over` is true before a stop.
    std::optional<PcscCall> wait_for_stop(const std::function<bool()>& over)
    {
        std::unique_lock lock(mutex_);
        while (!held_ && !over())
            changed_.wait_for(lock, std::chrono::milliseconds(20));
        return held_;
    }

    void go_on(PcscProxy::Verdict verdict = PcscProxy::Verdict::pass_on)
    {
        const std::lock_guard lock(mutex_);
        verdict_ = verdict;
        held_.reset();
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool armed_ = false;
    bool waits_for_pin_ = false;
    std::set<pid_t> others_; // programs that called before: the monitor of the readers keeps running
    std::optional<pid_t> worker_;
    std::size_t calls_until_stop_ = 1;
    std::optional<PcscCall> held_;
    PcscProxy::Verdict verdict_ = PcscProxy::Verdict::pass_on;
};

/// A desk whose agent reaches pcscd through a proxy; a hammer does not use the proxy.
class StoppableDesk {
  public:
    StoppableDesk()
        : desk({.settings = kPatient, .between = [this](const std::filesystem::path& pcscd) {
                    const std::filesystem::path path = folder_.path() / "pcscd.comm";
                    proxy_.emplace(path, pcscd, [this](const PcscCall& call) { return stops.judge(call); });
                    return path;
                }})
    {
    }

    std::unique_ptr<Program> start_signing(Stops::From from, std::size_t nth = 1)
    {
        desk.card.clear_log(); // removes what the hammer has sent
        desk.person.will_answer({"pin 123456"});
        resets_at_pin_ = kNoPinYet;
        stops.arm(from, nth);
        return desk.start_signing();
    }

    std::optional<PcscCall> wait_for_stop()
    {
        return stops.wait_for_stop([&] { return desk.card.counters().resets > resets_at_pin_; });
    }

    ~StoppableDesk() { stops.disarm(); }

  private:
    TemporaryFolder folder_;
    static constexpr unsigned kNoPinYet = std::numeric_limits<unsigned>::max();
    std::atomic<unsigned> resets_at_pin_ = kNoPinYet; // resets after a killed worker come before the next PIN

  public:
    Stops stops;

  private:
    std::optional<PcscProxy> proxy_;

  public:
    CardDesk desk;

  private:
    TypingHook hook_{desk.person, [this] {
                         resets_at_pin_ = desk.card.counters().resets;
                         stops.note_pin();
                     }};
};

void stop_at_each_call(Stops::From from)
{
    StoppableDesk stoppable;
    const CardHammer hammer(stoppable.desk);
    const auto signing = stoppable.start_signing(from);
    std::size_t steps = 0;
    while (const auto call = stoppable.wait_for_stop()) {
        ++steps;
        stoppable.desk.card.clear_log();
        ::kill(call->pid, SIGSTOP);
        INFO("stopped before call " << steps << ", " << call->name());
        hammer.wait_for_tries(kTries);
        CHECK(hammer.describe() == kNothing);
        ::kill(call->pid, SIGCONT);
        stoppable.stops.go_on();
    }
    stoppable.stops.disarm();
    const Ended ended = signing->wait();
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK_NOTHROW(stoppable.desk.verify_with_openssl(ended.out));
    hammer.wait_for_tries(kTries);
    CHECK(hammer.describe() == kNothing);
    fmt::print(stderr, "stopped at each of {} PC/SC calls: {}\n", steps, hammer.describe());
}

enum class Moment { before_call, during_apdu };

/// Kills the worker at its nth PC/SC call after the PIN. Returns false if it does not make so many calls. A call that
/// sends no APDU has no such moment and is left alone.
bool kill_at(StoppableDesk& stoppable, CardHammer& hammer, std::size_t nth, Moment moment)
{
    CardDesk& desk = stoppable.desk;
    hammer.rest();
    desk.settle();
    const std::uint64_t before = hammer.got_through();
    const auto signing = stoppable.start_signing(Stops::From::pin, nth);
    const auto call = stoppable.wait_for_stop();
    hammer.go_on();
    hammer.wait_for_tries(1);
    const bool kills = call && (moment == Moment::before_call || call->command == kTransmit);
    if (kills && moment == Moment::during_apdu) {
        desk.card.schedule(Pause{});
        stoppable.stops.disarm();
        REQUIRE(desk.card.wait_until_paused());
    }
    if (kills)
        ::kill(call->pid, SIGKILL);
    desk.card.resume();
    stoppable.stops.go_on(kills ? PcscProxy::Verdict::hang_up : PcscProxy::Verdict::pass_on);
    stoppable.stops.disarm();
    const Ended ended = signing->wait();
    if (ended.status == 0)
        CHECK_NOTHROW(desk.verify_with_openssl(ended.out));
    desk.wait_until_closed();
    CHECK(desk.open_keys().empty());
    if (kills)
        fmt::print(stderr, "killed {} call {}, {}: {} got through\n", moment == Moment::during_apdu ? "in" : "before",
                   nth, call->name(), hammer.got_through() - before);
    return call.has_value();
}

void kill_at_each_call(int rounds)
{
    StoppableDesk stoppable;
    CardHammer hammer(stoppable.desk);
    for (int round = 0; round < rounds; ++round)
        for (const Moment moment : {Moment::before_call, Moment::during_apdu})
            for (std::size_t nth = 1; kill_at(stoppable, hammer, nth, moment); ++nth)
                continue;
    // What pcscd itself lets through is counted and printed: docs/threat-model.md.
    fmt::print(stderr, "got through where the worker was killed, {} rounds: {}\n", rounds, hammer.describe());
    const std::uint64_t before = hammer.got_through();
    hammer.wait_for_tries(kTries);
    CHECK(hammer.got_through() == before);
}

} // namespace

TEST_CASE("P2: no other program can use the card wherever the worker stands still after the PIN")
{
    stop_at_each_call(Stops::From::pin);
}

TEST_CASE("P2: no other program can use the card once a killed worker is cleared away")
{
    kill_at_each_call(1);
}

TEST_CASE("P2: no other program can use the card wherever the worker stands still from the request to the reset",
          "[whole]")
{
    stop_at_each_call(Stops::From::request);
}

TEST_CASE("P2: no other program can use the card once killed workers are cleared away, in five rounds", "[whole]")
{
    kill_at_each_call(5);
}

TEST_CASE("the hammer gets through where the configuration leaves the card open after a signature")
{
    CardDesk desk({.settings = "[policy]\nafter_signature = \"leave\"\n"});
    const CardHammer hammer(desk);
    desk.person.will_answer({"pin 123456"});
    CHECK(desk.sign().status == 0);
    hammer.wait_for_tries(kTries);
    CHECK(hammer.got_through() > 0);
    CHECK(desk.open_keys() == "9A 9D ");
}
