// What each error corresponds to elsewhere: on the wire, in libsceau, as a program's exit status and in PKCS#11. A new
// error needs an enumerator in ErrorCode, a row here, and its texts: for people in the clients (which do not compile
// without them), and for other programs in sceau.h, the .varlink file and docs/protocol.md, which tests compare with
// this table.
#pragma once

#include "base/error.h"

#include <sysexits.h>

#include <array>

namespace sceau::base {

/// Which part of an Error the error's one parameter on the wire carries.
enum class Carried { nothing, tries_left, message, parameter };

struct ErrorOnWire {
    enum class Interface { none, agent, service }; // none: sent as `internal`

    Interface interface = Interface::none;
    std::string_view name = {};
    std::string_view sentence = {}; // Error::message if the wire did not carry it
    Carried carried = Carried::nothing;
    std::string_view parameter = {}; // the parameter's name
};

struct ErrorTraits {
    ErrorCode code;
    std::string_view name; // for logs and tests
    int libsceau;          // the number in sceau.h
    int exit_status;       // of the command
    unsigned long pkcs11;  // what the PKCS#11 module returns
    ErrorOnWire wire = {};
};

namespace error_table {

// The values of CKR_…; clients/pkcs11-module/signature.cpp compares them with the standard's header.
inline constexpr unsigned long kGeneralError = 0x05;
inline constexpr unsigned long kFunctionFailed = 0x06;
inline constexpr unsigned long kDeviceError = 0x30;
inline constexpr unsigned long kDeviceRemoved = 0x32;
inline constexpr unsigned long kFunctionCanceled = 0x50; // the person refused, gave up or did not answer
inline constexpr unsigned long kPinExpired = 0xa3;
inline constexpr unsigned long kPinLocked = 0xa4;
inline constexpr unsigned long kFunctionRejected = 0x200;

using enum ErrorCode;
using enum Carried;
using enum ErrorOnWire::Interface;

// clang-format off: one row for each error
inline constexpr std::array kErrors = {
    ErrorTraits{key_not_found, "key_not_found", 1, EX_NOPERM, kDeviceRemoved,
                {agent, "KeyNotFound", "no known token has this key"}},
    ErrorTraits{token_absent, "token_absent", 2, EX_TEMPFAIL, kDeviceRemoved,
                {agent, "TokenAbsent", "the key's token is not plugged in"}},
    ErrorTraits{pin_incorrect, "pin_incorrect", 3, EX_NOPERM, kFunctionCanceled,
                {agent, "PinIncorrect", "the PIN is not right", tries_left, "tries_left"}},
    ErrorTraits{pin_locked, "pin_locked", 4, EX_NOPERM, kPinLocked,
                {agent, "PinLocked", "the token's PIN is locked"}},
    ErrorTraits{pin_final_try, "pin_final_try", 5, EX_NOPERM, kFunctionCanceled,
                {agent, "PinFinalTry", "one try of the PIN is left and was not confirmed"}},
    ErrorTraits{pin_to_be_changed, "pin_to_be_changed", 18, EX_NOPERM, kPinExpired,
                {agent, "PinToBeChanged", "the token wants its PIN changed, or set for the first time, before it is used"}},
    ErrorTraits{cancelled, "cancelled", 6, EX_NOPERM, kFunctionCanceled,
                {agent, "Cancelled", "cancelled"}},
    ErrorTraits{timed_out, "timed_out", 7, EX_TEMPFAIL, kFunctionCanceled,
                {agent, "TimedOut", "nobody answered in time"}},
    ErrorTraits{not_permitted, "not_permitted", 8, EX_NOPERM, kFunctionRejected,
                {agent, "NotPermitted", "not permitted", message, "reason"}},
    ErrorTraits{evidence_mismatch, "evidence_mismatch", 9, EX_NOPERM, kGeneralError,
                {agent, "EvidenceMismatch", "what was shown is not what is signed", message, "reason"}},
    ErrorTraits{unsupported, "unsupported", 10, EX_NOPERM, kFunctionFailed,
                {agent, "Unsupported", "not supported", message, "reason"}},
    ErrorTraits{busy, "busy", 11, EX_TEMPFAIL, kDeviceError,
                {agent, "Busy", "the agent has too much to do", message, "reason"}},
    ErrorTraits{token_failed, "token_failed", 12, EX_SOFTWARE, kDeviceError,
                {agent, "TokenFailed", "the token failed", message, "detail"}},
    ErrorTraits{journal_failed, "journal_failed", 13, EX_SOFTWARE, kDeviceError,
                {agent, "JournalFailed", "the request could not be recorded; nothing was released", message, "reason"}},
    ErrorTraits{internal, "internal", 14, EX_SOFTWARE, kGeneralError,
                {agent, "Internal", "a fault of the agent's: see its log"}},
    ErrorTraits{invalid_parameter, "invalid_parameter", 16, EX_USAGE, kGeneralError,
                {service, "InvalidParameter", "the agent does not take this parameter", parameter, "parameter"}},
    ErrorTraits{method_not_found, "method_not_found", 14, EX_SOFTWARE, kGeneralError,
                {service, "MethodNotFound", "the agent has no such method", parameter, "method"}},
    ErrorTraits{interface_not_found, "interface_not_found", 14, EX_SOFTWARE, kGeneralError,
                {service, "InterfaceNotFound", "the agent has no such interface", parameter, "interface"}},
    ErrorTraits{expected_more, "expected_more", 14, EX_SOFTWARE, kGeneralError,
                {service, "ExpectedMore", "the method wants to be called with \"more\""}},
    ErrorTraits{bad_frame, "bad_frame", 14, EX_SOFTWARE, kGeneralError,
                {agent, "BadFrame", "not a message of the protocol", message, "reason"}},
    ErrorTraits{agent_unreachable, "agent_unreachable", 15, EX_UNAVAILABLE, kDeviceError},
    ErrorTraits{bad_message, "bad_message", 14, EX_DATAERR, kGeneralError},
    ErrorTraits{io, "io", 14, EX_IOERR, kGeneralError},
};
// clang-format on

constexpr bool is_in_order()
{
    for (std::size_t i = 0; i < kErrors.size(); ++i)
        if (kErrors[i].code != static_cast<ErrorCode>(i))
            return false;
    return kErrors.back().code == io; // the last enumerator
}
static_assert(is_in_order(), "each enumerator of ErrorCode has its row, in the same order");

} // namespace error_table

using error_table::kErrors;

constexpr const ErrorTraits& traits(ErrorCode code)
{
    return kErrors[static_cast<std::size_t>(code)];
}

} // namespace sceau::base
