// Command and response APDUs (ISO/IEC 7816-4 §5) in the short form, as the virtual card receives and sends them.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sceau::test {

namespace ins {
inline constexpr std::uint8_t kVerify = 0x20;
inline constexpr std::uint8_t kChangeReferenceData = 0x24;
inline constexpr std::uint8_t kResetRetryCounter = 0x2c;
inline constexpr std::uint8_t kGeneralAuthenticate = 0x87;
inline constexpr std::uint8_t kSelect = 0xa4;
inline constexpr std::uint8_t kGetResponse = 0xc0;
inline constexpr std::uint8_t kGetData = 0xcb;
} // namespace ins

/// Returns a name such as "VERIFY", or two hex digits for an instruction that the card does not know.
std::string instruction_name(std::uint8_t instruction);

/// ISO/IEC 7816-4 §5.6. SP 800-73-4 part 2 defines which command returns which.
enum class StatusWord : std::uint16_t {
    success = 0x9000,
    more_data = 0x6100,  // the low byte is the number of bytes, 00 for 256 and more
    tries_left = 0x63c0, // the low digit is the number of tries
    wrong_length = 0x6700,
    security_status_not_satisfied = 0x6982,
    authentication_method_blocked = 0x6983,
    conditions_not_satisfied = 0x6985,
    incorrect_data = 0x6a80,
    not_found = 0x6a82,
    incorrect_parameters = 0x6a86,
    reference_data_not_found = 0x6a88,
    instruction_not_supported = 0x6d00,
    class_not_supported = 0x6e00,
};

struct Command {
    std::uint8_t cla = 0;
    std::uint8_t ins = 0;
    std::uint8_t p1 = 0;
    std::uint8_t p2 = 0;
    base::Bytes data;
    std::optional<std::size_t> le; // 1 to 256

    /// Returns whether the command is not the last of a chain (ISO/IEC 7816-4 §5.4.1).
    bool is_chained() const { return (cla & 0x10) != 0; }
    /// Returns P1 and P2 as one number.
    unsigned parameters() const { return static_cast<unsigned>(p1) << 8 | p2; }
};

/// Returns nothing if the lengths do not fit, or for the extended form.
std::optional<Command> parse_command(base::BytesView apdu);

struct Response {
    base::Bytes data;
    std::uint16_t sw = 0;

    Response(StatusWord status, unsigned low_bits = 0)
        : sw(static_cast<std::uint16_t>(static_cast<unsigned>(status) | low_bits))
    {
    }
    Response(base::Bytes answer) : data(std::move(answer)), sw(static_cast<std::uint16_t>(StatusWord::success)) {}

    bool is_success() const { return sw == static_cast<std::uint16_t>(StatusWord::success); }
    base::Bytes encoded() const;
};

} // namespace sceau::test
