#include "base/error.h"

#include <system_error>
#include <utility>

namespace sceau::base {

std::string_view to_string(ErrorCode code)
{
    switch (code) {
    case ErrorCode::key_not_found:
        return "key_not_found";
    case ErrorCode::token_absent:
        return "token_absent";
    case ErrorCode::pin_incorrect:
        return "pin_incorrect";
    case ErrorCode::pin_locked:
        return "pin_locked";
    case ErrorCode::pin_final_try:
        return "pin_final_try";
    case ErrorCode::pin_to_be_changed:
        return "pin_to_be_changed";
    case ErrorCode::cancelled:
        return "cancelled";
    case ErrorCode::timed_out:
        return "timed_out";
    case ErrorCode::not_permitted:
        return "not_permitted";
    case ErrorCode::evidence_mismatch:
        return "evidence_mismatch";
    case ErrorCode::unsupported:
        return "unsupported";
    case ErrorCode::busy:
        return "busy";
    case ErrorCode::token_failed:
        return "token_failed";
    case ErrorCode::journal_failed:
        return "journal_failed";
    case ErrorCode::internal:
        return "internal";
    case ErrorCode::invalid_parameter:
        return "invalid_parameter";
    case ErrorCode::method_not_found:
        return "method_not_found";
    case ErrorCode::interface_not_found:
        return "interface_not_found";
    case ErrorCode::expected_more:
        return "expected_more";
    case ErrorCode::bad_frame:
        return "bad_frame";
    case ErrorCode::agent_unreachable:
        return "agent_unreachable";
    case ErrorCode::bad_message:
        return "bad_message";
    case ErrorCode::io:
        return "io";
    }
    return "unknown";
}

namespace {

Error make(ErrorCode code, std::string message)
{
    return {.code = code, .message = std::move(message), .tries_left = std::nullopt, .parameter = {}};
}

} // namespace

Error key_not_found(std::string message)
{
    return make(ErrorCode::key_not_found, std::move(message));
}
Error token_absent(std::string message)
{
    return make(ErrorCode::token_absent, std::move(message));
}
Error pin_locked(std::string message)
{
    return make(ErrorCode::pin_locked, std::move(message));
}
Error pin_final_try(std::string message)
{
    return make(ErrorCode::pin_final_try, std::move(message));
}
Error pin_to_be_changed(std::string message)
{
    return make(ErrorCode::pin_to_be_changed, std::move(message));
}
Error cancelled(std::string message)
{
    return make(ErrorCode::cancelled, std::move(message));
}
Error timed_out(std::string message)
{
    return make(ErrorCode::timed_out, std::move(message));
}
Error not_permitted(std::string reason)
{
    return make(ErrorCode::not_permitted, std::move(reason));
}
Error evidence_mismatch(std::string reason)
{
    return make(ErrorCode::evidence_mismatch, std::move(reason));
}

Error unsupported(std::string message)
{
    return make(ErrorCode::unsupported, std::move(message));
}
Error busy(std::string message)
{
    return make(ErrorCode::busy, std::move(message));
}
Error token_failed(std::string message)
{
    return make(ErrorCode::token_failed, std::move(message));
}
Error internal(std::string message)
{
    return make(ErrorCode::internal, std::move(message));
}
Error bad_frame(std::string reason)
{
    return make(ErrorCode::bad_frame, std::move(reason));
}
Error agent_unreachable(std::string message)
{
    return make(ErrorCode::agent_unreachable, std::move(message));
}
Error bad_message(std::string reason)
{
    return make(ErrorCode::bad_message, std::move(reason));
}
Error io(std::string message)
{
    return make(ErrorCode::io, std::move(message));
}

Error pin_incorrect(std::optional<unsigned> tries_left)
{
    Error error = make(ErrorCode::pin_incorrect, "the PIN is not right");
    error.tries_left = tries_left;
    return error;
}

Error invalid_parameter(std::string parameter, std::string message)
{
    Error error = make(ErrorCode::invalid_parameter, std::move(message));
    error.parameter = std::move(parameter);
    return error;
}

Error io_errno(const std::string& message, int error_number)
{
    return io(message + ": " + std::generic_category().message(error_number));
}

} // namespace sceau::base
