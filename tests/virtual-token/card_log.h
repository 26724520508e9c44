// What a virtual card has seen: every command with its sizes and its answer's status, and never its data (a PIN is
// data), but for the tag of the object that GET DATA asks for.
#pragma once

#include "tests/virtual-token/apdu.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sceau::test {

struct LogEntry {
    enum class Kind { apdu, power_on, power_off, reset, inserted, removed, fault, mark };

    Kind kind;
    std::chrono::steady_clock::time_point at; // when it came; an APDU's answer comes later

    // Of an APDU.
    std::uint8_t cla = 0;
    std::uint8_t ins = 0;
    std::uint8_t p1 = 0;
    std::uint8_t p2 = 0;
    std::size_t sent = 0;                 // bytes of command data
    std::size_t received = 0;             // bytes of response data
    std::optional<std::uint16_t> sw = {}; // none: not answered yet, or never; 0: garbage too short for one

    std::string text = {}; // of a mark and of a fault; GET DATA's tag: "5FC102"

    bool is_apdu() const { return kind == Kind::apdu; }
};

using CardLog = std::vector<LogEntry>;

/// "GENERAL AUTHENTICATE 10 07 9C, 255 bytes: 0 bytes, 9000" (CLA only where it is not 00), "GET DATA 5FC102, …",
/// "reset", "mark: PIN typed".
std::string to_string(const LogEntry& entry);
/// One entry a line.
std::string to_string(const CardLog& log);

/// The entries after the last mark of that text; all where there is none.
CardLog after_mark(const CardLog& log, const std::string& text);
/// How many APDUs; with an instruction, of that one only.
std::size_t count_apdus(const CardLog& log, std::optional<std::uint8_t> instruction = std::nullopt);
std::size_t count(const CardLog& log, LogEntry::Kind kind);

} // namespace sceau::test
