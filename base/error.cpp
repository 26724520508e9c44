#include "base/error.h"

#include "base/error_table.h"

#include <system_error>
#include <utility>

namespace sceau::base {

std::string_view to_string(ErrorCode code)
{
    return traits(code).name;
}

namespace {

Error make(ErrorCode code, std::string message)
{
    return {.code = code, .message = std::move(message), .tries_left = std::nullopt, .parameter = {}};
}

Error make_with_parameter(ErrorCode code, std::string parameter, std::string message)
{
    return {.code = code, .message = std::move(message), .tries_left = {}, .parameter = std::move(parameter)};
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
Error journal_failed(std::string reason)
{
    return make(ErrorCode::journal_failed, std::move(reason));
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
    return make_with_parameter(ErrorCode::invalid_parameter, std::move(parameter), std::move(message));
}
Error method_not_found(std::string method)
{
    return make_with_parameter(ErrorCode::method_not_found, std::move(method), {});
}
Error interface_not_found(std::string interface)
{
    return make_with_parameter(ErrorCode::interface_not_found, std::move(interface), {});
}
Error expected_more()
{
    return make(ErrorCode::expected_more, {});
}

Error io_errno(const std::string& message, int error_number)
{
    return io(message + ": " + std::generic_category().message(error_number));
}

} // namespace sceau::base
