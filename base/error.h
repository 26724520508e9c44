// What went wrong, with just enough detail for a caller to decide what to do next. The codes that travel over the
// socket have the same names there in PascalCase; base/error_table.h lists everything that stands for each code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sceau::base {

enum class ErrorCode {
    // answered by the agent
    key_not_found,     // no token that we know has this key
    token_absent,      // the key's token is not plugged in, even after a wait
    pin_incorrect,     // the person gave up after a wrong PIN
    pin_locked,        // the token takes no more PINs
    pin_final_try,     // one try is left and the person did not confirm it
    pin_to_be_changed, // the PIN must be changed or set before the token accepts it
    cancelled,         // by the person, or because the caller disconnected
    timed_out,         // nobody answered in time
    not_permitted,     // forbidden by policy
    evidence_mismatch, // what was shown is not what is signed
    unsupported,       // this key or this agent cannot do that
    busy,              // too much at once: try again later
    token_failed,      // the token or its module failed
    journal_failed,    // the request could not be recorded, so nothing was released
    internal,          // a fault in Sceau
    // errors of the protocol
    invalid_parameter,   // Error::parameter names it
    method_not_found,    // Error::parameter names it
    interface_not_found, // Error::parameter names it
    expected_more,       // the method streams: call it with "more"
    bad_frame,           // not a frame of the protocol; the connection is closed
    // errors of the clients and of mail/
    agent_unreachable, // no agent answers on the socket
    bad_message,       // the mail cannot be signed or read as it is
    io,                // a file could not be read or written
};

/// Returns the enumerator's name, for logs and tests.
std::string_view to_string(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;                // one English sentence, without any secret or text of a mail
    std::optional<unsigned> tries_left; // with pin_incorrect, if the token reports it
    std::string parameter;              // with the errors that name a parameter

    friend bool operator==(const Error&, const Error&) = default;
};

// These functions make an error by its name, so that a call site reads like a sentence: `return
// std::unexpected(token_failed("…"))`.
Error key_not_found(std::string message);
Error token_absent(std::string message);
Error pin_incorrect(std::optional<unsigned> tries_left);
Error pin_locked(std::string message);
Error pin_final_try(std::string message);
Error pin_to_be_changed(std::string message);
Error cancelled(std::string message);
Error timed_out(std::string message);
Error not_permitted(std::string reason);
Error evidence_mismatch(std::string reason);
Error unsupported(std::string message);
Error busy(std::string message);
Error token_failed(std::string message);
Error journal_failed(std::string reason);
Error internal(std::string message);
Error invalid_parameter(std::string parameter, std::string message);
Error method_not_found(std::string method);
Error interface_not_found(std::string interface);
Error expected_more();
Error bad_frame(std::string reason);
Error agent_unreachable(std::string message);
Error bad_message(std::string reason);
Error io(std::string message);
/// Makes an `io` error with the text of errno appended: "cannot open /x: Permission denied".
Error io_errno(const std::string& message, int error_number);

} // namespace sceau::base
