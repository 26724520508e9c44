// The log of a virtual card: every command with its sizes and the status of its answer. It never contains data, because
// a PIN is data, except for the tag of the object that GET DATA asks for.
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
    std::chrono::steady_clock::time_point at; // when it arrived; an APDU's answer comes later

    // for an APDU
    std::uint8_t cla = 0;
    std::uint8_t ins = 0;
    std::uint8_t p1 = 0;
    std::uint8_t p2 = 0;
    std::size_t sent = 0;                 // bytes of command data
    std::size_t received = 0;             // bytes of response data
    std::optional<std::uint16_t> sw = {}; // empty while there is no answer; 0 for garbage too short to be one

    std::string text = {}; // the text of a mark or a fault, or the tag of a GET DATA: "5FC102"

    bool is_apdu() const { return kind == Kind::apdu; }
};

using CardLog = std::vector<LogEntry>;

/// Writes "GENERAL AUTHENTICATE 10 07 9C, 255 bytes: 0 bytes, 9000" (with CLA only if it is not 00), "GET DATA 5FC102,
/// …", "reset" or "mark: PIN typed".
std::string to_string(const LogEntry& entry);
/// Writes one entry on each line.
std::string to_string(const CardLog& log);

/// Returns the entries after the last mark with that text, or all if there is none.
CardLog after_mark(const CardLog& log, const std::string& text);
/// Counts the APDUs, or only those with the given instruction.
std::size_t count_apdus(const CardLog& log, std::optional<std::uint8_t> instruction = std::nullopt);
std::size_t count(const CardLog& log, LogEntry::Kind kind);

} // namespace sceau::test
