// The faults that a virtual card can have, and when.
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace sceau::test {

/// The card is pulled out. If a time is given, it is put in again after that time.
struct Vanish {
    std::optional<std::chrono::milliseconds> back_after = {};
};

/// The card answers with this instead of its own answer.
struct AnswerStatus {
    std::uint16_t sw = 0x6f00;
};
struct AnswerGarbage {
    base::Bytes bytes = {0xde, 0xad, 0xbe, 0xef, 0x13, 0x37};
};

/// The card is silent for that long, and then gives the right answer.
struct StaySilent {
    std::chrono::milliseconds time{3000};
};

/// The card is silent until VirtualCard::resume() is called.
struct Pause {};

using Fault = std::variant<Vanish, AnswerStatus, AnswerGarbage, StaySilent, Pause>;

/// Returns a text such as "vanish" or "answer 6F00".
std::string to_string(const Fault& fault);

/// Whether the card executes the command on which the fault falls. A VERIFY that is executed uses up a try even if its
/// answer is lost.
enum class Execution { before_fault, not_before_fault };

struct Schedule {
    std::size_t nth = 1;         // which APDU from now or after the mark; 1 is the next one
    std::string after_mark = {}; // count from the next mark with this text; empty: count from now
    Execution execution = Execution::not_before_fault;
};

} // namespace sceau::test
