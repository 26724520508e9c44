#include "tests/virtual-token/card_log.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace sceau::test {

namespace {

std::string describe_apdu(const LogEntry& entry)
{
    std::string text = instruction_name(entry.ins);
    if (entry.cla != 0)
        text += fmt::format(" {:02X}", entry.cla);
    text += entry.text.empty() ? fmt::format(" {:02X} {:02X}", entry.p1, entry.p2) : " " + entry.text;
    text += fmt::format(", {} bytes: ", entry.sent);
    return text + (entry.sw ? fmt::format("{} bytes, {:04X}", entry.received, *entry.sw) : "no answer");
}

} // namespace

std::string to_string(const LogEntry& entry)
{
    switch (entry.kind) {
    case LogEntry::Kind::apdu:
        return describe_apdu(entry);
    case LogEntry::Kind::power_on:
        return "power on";
    case LogEntry::Kind::power_off:
        return "power off";
    case LogEntry::Kind::reset:
        return "reset";
    case LogEntry::Kind::inserted:
        return "inserted";
    case LogEntry::Kind::removed:
        return "removed";
    case LogEntry::Kind::fault:
        return "fault: " + entry.text;
    case LogEntry::Kind::mark:
        return "mark: " + entry.text;
    }
    std::unreachable();
}

std::string to_string(const CardLog& log)
{
    std::string text;
    for (const LogEntry& entry : log)
        text += to_string(entry) + "\n";
    return text;
}

CardLog after_mark(const CardLog& log, const std::string& text)
{
    const auto mark = std::find_if(log.rbegin(), log.rend(), [&](const LogEntry& entry) {
        return entry.kind == LogEntry::Kind::mark && entry.text == text;
    });
    return {mark.base(), log.end()}; // the whole log if there is no mark
}

std::size_t count_apdus(const CardLog& log, std::optional<std::uint8_t> instruction)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        log, [&](const LogEntry& entry) { return entry.is_apdu() && (!instruction || entry.ins == *instruction); }));
}

std::size_t count(const CardLog& log, LogEntry::Kind kind)
{
    return static_cast<std::size_t>(std::ranges::count(log, kind, &LogEntry::kind));
}

} // namespace sceau::test
