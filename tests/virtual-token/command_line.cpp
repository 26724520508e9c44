#include "tests/virtual-token/command_line.h"

#include <fmt/core.h>

#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

namespace sceau::test {

namespace {

template <class Value>
Value next(std::istream& words, const char* what)
{
    Value value{};
    if (!(words >> value))
        throw std::runtime_error(std::string("missing: ") + what);
    return value;
}

std::chrono::milliseconds next_time(std::istream& words)
{
    return std::chrono::milliseconds(next<int>(words, "milliseconds"));
}

std::string rest_of(std::istream& words)
{
    std::string text;
    std::getline(words >> std::ws, text);
    return text;
}

unsigned next_hex(std::istream& words, const char* what)
{
    return static_cast<unsigned>(std::stoul(next<std::string>(words, what), nullptr, 16));
}

Fault vanish(std::istream& words)
{
    int back_after = 0;
    if (words >> back_after)
        return Vanish{.back_after = std::chrono::milliseconds(back_after)};
    words.clear();
    return Vanish{};
}

Fault next_fault(std::istream& words)
{
    const auto what = next<std::string>(words, "what fault");
    if (what == "vanish")
        return vanish(words);
    if (what == "status")
        return AnswerStatus{static_cast<std::uint16_t>(next_hex(words, "a status word"))};
    if (what == "garbage")
        return AnswerGarbage{base::from_hex(next<std::string>(words, "bytes")).value()};
    if (what == "silence")
        return StaySilent{next_time(words)};
    if (what == "pause")
        return Pause{};
    throw std::runtime_error("no such fault: " + what);
}

Schedule next_schedule(std::istream& words)
{
    Schedule when;
    for (std::string word; words >> word;)
        if (word == "nth")
            when.nth = next<std::size_t>(words, "a number");
        else if (word == "after")
            when.after_mark = next<std::string>(words, "a mark");
        else if (word == "executed")
            when.execution = Execution::before_fault;
        else
            throw std::runtime_error("no such word: " + word);
    return when;
}

std::string counters_of(const VirtualCard& card)
{
    const CardCounters counters = card.counters();
    std::string text = fmt::format("verify {}\n", counters.verify_attempts);
    for (const auto& [slot, uses] : counters.private_uses)
        text += fmt::format("{:02X} {}\n", static_cast<unsigned>(slot), uses);
    return text + fmt::format("resets {}\ntries {}\n", counters.resets, card.pin_tries_left());
}

void write_certificate(const VirtualCard& card, std::istream& words)
{
    const auto slot = static_cast<PivSlot>(next_hex(words, "a slot"));
    std::ofstream(rest_of(words), std::ios::binary) << base::as_text(card.certificate(slot));
}

void require(bool came)
{
    if (!came)
        throw std::runtime_error("waited in vain");
}

} // namespace

CommandLine::CommandLine(std::vector<VirtualCard*> cards, PrivatePcscd* pcscd) : cards_(std::move(cards)), pcscd_(pcscd)
{
}

std::string CommandLine::answer(const std::string& line)
{
    try {
        std::istringstream words(line);
        return obey(words) + "ok\n";
    } catch (const std::exception& error) {
        return std::string("error: ") + error.what() + "\n";
    }
}

std::string CommandLine::obey(std::istream& words)
{
    const auto verb = next<std::string>(words, "a command");
    if (verb == "card")
        choose(next<std::size_t>(words, "a number"));
    else if (verb == "log")
        return to_string(card().log());
    else if (verb == "counters")
        return counters_of(card());
    else if (verb == "daemon")
        order_daemon(words);
    else
        drive(verb, words);
    return {};
}

void CommandLine::choose(std::size_t number)
{
    if (number < 1 || number > cards_.size())
        throw std::runtime_error("no such card");
    chosen_ = number - 1;
}

void CommandLine::drive(const std::string& verb, std::istream& words)
{
    const std::map<std::string, std::function<void()>> verbs = {
        {"insert", [&] { card().insert(); }},
        {"remove", [&] { card().remove(); }},
        {"plug", [&] { pcscd().plug(card()); }},
        {"unplug", [&] { pcscd().unplug(card()); }},
        {"present", [&] { pcscd().wait_until_present(card()); }},
        {"absent", [&] { pcscd().wait_until_absent(card()); }},
        {"latency", [&] { card().set_latency(next_time(words)); }},
        {"fault",
         [&] {
             Fault fault = next_fault(words);
             card().schedule(std::move(fault), next_schedule(words));
         }},
        {"forgive", [&] { card().clear_schedule(); }},
        {"paused", [&] { require(card().wait_until_paused()); }},
        {"resume", [&] { card().resume(); }},
        {"mark", [&] { card().mark(rest_of(words)); }},
        {"clear", [&] { card().clear_log(); }},
        {"certificate", [&] { write_certificate(card(), words); }},
    };
    const auto found = verbs.find(verb);
    if (found == verbs.end())
        throw std::runtime_error("no such command: " + verb);
    found->second();
}

void CommandLine::order_daemon(std::istream& words) const
{
    const auto order = next<std::string>(words, "start or stop");
    int signal = SIGKILL;
    words >> signal;
    if (order == "start")
        pcscd().start();
    else
        pcscd().stop(signal);
}

PrivatePcscd& CommandLine::pcscd() const
{
    if (pcscd_ == nullptr)
        throw std::runtime_error("there is no daemon here");
    return *pcscd_;
}

} // namespace sceau::test
