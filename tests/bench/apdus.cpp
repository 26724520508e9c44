// apdus measures what one signed mail costs on a card, with the real agent, command, pcscd and OpenSC and the virtual
// card. It produces the figures of docs/measurements.md. The counts do not depend on the machine, but the times do.
// scripts/bench runs it. It exits with 1 if a required figure is missed. With --list it also prints every APDU.
#include "tests/bench/table.h"
#include "tests/e2e/card_desk.h"
#include "tests/support/typing_hook.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace sceau::test;

namespace {

constexpr const char* kTyped = "PIN typed";
constexpr std::chrono::milliseconds kLatency{30};
constexpr int kTimedSignatures = 5;
const std::string kPin = "pin 123456";

struct Required {
    std::string key;
    std::size_t after_pin;
    std::size_t in_all;
    double seconds;
};
const std::vector<Required> kRequired = {{"rsa2048", 6, 50, 0.30}, {"p256", 4, 45, 0.20}};
constexpr std::size_t kVerifies = 2;

struct Figures {
    CardLog log; // from the request to the reset
    std::size_t pins = 0;
    bool held = false; // there is a connection to the card afterwards
    double seconds = 0;
};

bool was_reset(const CardLog& log)
{
    return count(log, LogEntry::Kind::reset) > 0;
}

void sign_once(CardDesk& desk)
{
    desk.card.clear_log();
    desk.person.will_answer({kPin});
    const Ended ended = desk.sign();
    if (ended.status != 0)
        throw std::runtime_error("not signed: " + ended.err);
    desk.verify_with_openssl(ended.out);
    if (desk.card.counters().private_uses != std::map<PivSlot, unsigned>{{PivSlot::signature, 1}})
        throw std::runtime_error("not signed with 9C alone");
    if (!desk.card.wait_for(was_reset))
        throw std::runtime_error("the card is not reset");
}

/// Measures from pinentry's answer to the command's end.
double seconds_of_one(CardDesk& desk)
{
    desk.card.clear_log();
    desk.person.will_answer({kPin});
    desk.sign();
    const auto end = std::chrono::steady_clock::now();
    const CardLog log = desk.card.log();
    const auto typed = std::ranges::find(log, kTyped, &LogEntry::text);
    if (!desk.card.wait_for(was_reset))
        throw std::runtime_error("the card is not reset");
    return std::chrono::duration<double>(end - typed->at).count();
}

double median_seconds(CardDesk& desk)
{
    desk.card.set_latency(kLatency);
    std::vector<double> seconds;
    for (int signature = 0; signature < kTimedSignatures; ++signature)
        seconds.push_back(seconds_of_one(desk));
    std::ranges::sort(seconds);
    return seconds[seconds.size() / 2];
}

bool is_held(const CardDesk& desk)
{
    return (desk.reader_state() & (SCARD_STATE_INUSE | SCARD_STATE_EXCLUSIVE)) != 0;
}

Figures measure(const std::string& key)
{
    CardDesk desk({.key = key});
    const TypingHook hook(desk.person, [&] { desk.card.mark(kTyped); });
    sign_once(desk);
    Figures figures{.log = desk.card.log(), .pins = desk.person.times_asked()};
    desk.settle();
    figures.held = is_held(desk);
    figures.seconds = median_seconds(desk);
    return figures;
}

bool report(const Required& required, const Figures& figures)
{
    const CardLog after_pin = after_mark(figures.log, kTyped);
    fmt::print("one mail signed with key 9C, {}\n", required.key);
    bool reached =
        print_count("APDUs from the PIN's entry to the signature", count_apdus(after_pin), required.after_pin);
    reached &= print_count("VERIFY commands", count_apdus(after_pin, ins::kVerify), kVerifies);
    reached &= print_count("PINs typed", figures.pins, 1);
    reached &= print_count("APDUs in all, from the request to the reset", count_apdus(figures.log), required.in_all);
    reached &= print_count("card connections held while nothing is asked", figures.held ? 1 : 0, 0);
    reached &=
        print(fmt::format("seconds from pinentry's answer to the command's end, {} ms an APDU", kLatency.count()),
              fmt::format("{:.3f}", figures.seconds), fmt::format("<= {:.2f}", required.seconds),
              figures.seconds <= required.seconds);
    return reached;
}

} // namespace

int main(int argc, char** argv)
{
    const bool list = argc == 2 && std::strcmp(argv[1], "--list") == 0;
    if (argc > 1 && !list) {
        std::fputs("usage: apdus [--list]\n", stderr);
        return 64;
    }
    bool reached = true;
    for (const Required& required : kRequired) {
        const Figures figures = measure(required.key);
        reached &= report(required, figures);
        if (list)
            fmt::print("{}", to_string(figures.log));
        fmt::print("\n");
    }
    return reached ? 0 : 1;
}
