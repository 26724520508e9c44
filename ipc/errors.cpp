#include "ipc/errors.h"

#include "ipc/messages.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace sceau::ipc {

namespace {

using base::Error;
using base::ErrorCode;
using enum Carried;

constexpr std::array kWireErrors = {
    WireError{ErrorCode::key_not_found, kAgentInterface, "KeyNotFound", nothing, "", "no known token has this key"},
    WireError{ErrorCode::token_absent, kAgentInterface, "TokenAbsent", nothing, "",
              "the key's token is not plugged in"},
    WireError{ErrorCode::pin_incorrect, kAgentInterface, "PinIncorrect", tries_left, "tries_left",
              "the PIN is not right"},
    WireError{ErrorCode::pin_locked, kAgentInterface, "PinLocked", nothing, "", "the token's PIN is locked"},
    WireError{ErrorCode::pin_final_try, kAgentInterface, "PinFinalTry", nothing, "",
              "one try of the PIN is left and was not confirmed"},
    WireError{ErrorCode::pin_to_be_changed, kAgentInterface, "PinToBeChanged", nothing, "",
              "the token wants its PIN changed, or set for the first time, before it is used"},
    WireError{ErrorCode::cancelled, kAgentInterface, "Cancelled", nothing, "", "cancelled"},
    WireError{ErrorCode::timed_out, kAgentInterface, "TimedOut", nothing, "", "nobody answered in time"},
    WireError{ErrorCode::not_permitted, kAgentInterface, "NotPermitted", message, "reason", "not permitted"},
    WireError{ErrorCode::evidence_mismatch, kAgentInterface, "EvidenceMismatch", message, "reason",
              "what was shown is not what is signed"},
    WireError{ErrorCode::unsupported, kAgentInterface, "Unsupported", message, "reason", "not supported"},
    WireError{ErrorCode::busy, kAgentInterface, "Busy", message, "reason", "the agent has too much to do"},
    WireError{ErrorCode::token_failed, kAgentInterface, "TokenFailed", message, "detail", "the token failed"},
    WireError{ErrorCode::journal_failed, kAgentInterface, "JournalFailed", nothing, "",
              "the signature could not be recorded and was not released"},
    WireError{ErrorCode::internal, kAgentInterface, "Internal", nothing, "", "a fault of the agent's: see its log"},
    WireError{ErrorCode::bad_frame, kAgentInterface, "BadFrame", message, "reason", "not a message of the protocol"},
    WireError{ErrorCode::interface_not_found, kServiceInterface, "InterfaceNotFound", parameter, "interface",
              "the agent has no such interface"},
    WireError{ErrorCode::method_not_found, kServiceInterface, "MethodNotFound", parameter, "method",
              "the agent has no such method"},
    WireError{ErrorCode::unsupported, kServiceInterface, "MethodNotImplemented", parameter, "method",
              "the agent does not implement this method"},
    WireError{ErrorCode::invalid_parameter, kServiceInterface, "InvalidParameter", parameter, "parameter",
              "the agent does not take this parameter"},
    WireError{ErrorCode::not_permitted, kServiceInterface, "PermissionDenied", nothing, "", "not permitted"},
    WireError{ErrorCode::expected_more, kServiceInterface, "ExpectedMore", nothing, "",
              "the method wants to be called with \"more\""},
};

std::string full_name(const WireError& error)
{
    return std::string(error.interface) + "." + std::string(error.name);
}

void take_carried(const WireError& wire, const nlohmann::json& value, Error& error)
{
    if (wire.carried == tries_left && value.is_number_unsigned())
        error.tries_left = value.get<unsigned>();
    if (wire.carried == message && value.is_string())
        error.message = value.get<std::string>();
    if (wire.carried == parameter && value.is_string())
        error.parameter = value.get<std::string>();
}

} // namespace

std::span<const WireError> wire_errors()
{
    return kWireErrors;
}

nlohmann::ordered_json encode_error(const Error& error)
{
    const auto* wire = std::ranges::find(kWireErrors, error.code, &WireError::code);
    if (wire == kWireErrors.end())
        return encode_error(base::internal(error.message));
    auto parameters = nlohmann::ordered_json::object();
    const std::string name(wire->parameter);
    if (wire->carried == tries_left && error.tries_left)
        parameters[name] = *error.tries_left;
    if (wire->carried == message)
        parameters[name] = error.message;
    if (wire->carried == parameter)
        parameters[name] = error.parameter;
    return {{"error", full_name(*wire)}, {"parameters", parameters}};
}

Error decode_error(const nlohmann::json& reply)
{
    const auto name = reply.find("error");
    if (name == reply.end() || !name->is_string())
        return base::bad_frame("a reply whose error has no name");
    const auto* wire = std::ranges::find(kWireErrors, name->get_ref<const std::string&>(), full_name);
    if (wire == kWireErrors.end())
        return base::internal("the agent answered " + name->get<std::string>());
    Error error{.code = wire->code, .message = std::string(wire->sentence), .tries_left = {}, .parameter = {}};
    if (const auto parameters = reply.find("parameters"); parameters != reply.end() && parameters->is_object())
        if (const auto carried = parameters->find(wire->parameter); carried != parameters->end())
            take_carried(*wire, *carried, error);
    return error;
}

} // namespace sceau::ipc
