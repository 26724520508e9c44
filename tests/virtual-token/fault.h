// What can be made to go wrong with a virtual card, and when.
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace sceau::test {

/// The card is pulled out; with a time, and put in again after it.
struct Vanish {
    std::optional<std::chrono::milliseconds> back_after = {};
};

/// Answered instead of what the card has to say.
struct AnswerStatus {
    std::uint16_t sw = 0x6f00;
};
struct AnswerGarbage {
    base::Bytes bytes = {0xde, 0xad, 0xbe, 0xef, 0x13, 0x37};
};

/// No answer for that long, then the right one.
struct StaySilent {
    std::chrono::milliseconds time{3000};
};

/// No answer until VirtualCard::resume() is called.
struct Pause {};

using Fault = std::variant<Vanish, AnswerStatus, AnswerGarbage, StaySilent, Pause>;

/// "vanish", "answer 6F00", …
std::string to_string(const Fault& fault);

/// Whether the command that the fault falls on is executed: a VERIFY that is, and whose answer is lost, has used up a
/// try.
enum class Execution { before_fault, not_before_fault };

struct Schedule {
    std::size_t nth = 1;         // the how manieth APDU from now (1: the next one), or after the mark
    std::string after_mark = {}; // count from the next mark of this text; empty: from now
    Execution execution = Execution::not_before_fault;
};

} // namespace sceau::test
