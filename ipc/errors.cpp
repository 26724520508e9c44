#include "ipc/errors.h"

#include "ipc/messages.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace sceau::ipc {

namespace {

using base::Error;
using base::ErrorCode;
using base::kErrors;
using Interface = base::ErrorOnWire::Interface;
using enum Carried;

constexpr std::array kReceivedErrors = {
    WireError{ErrorCode::unsupported, kServiceInterface, "MethodNotImplemented", parameter, "method",
              "the agent does not implement this method"},
    WireError{ErrorCode::not_permitted, kServiceInterface, "PermissionDenied", nothing, "", "not permitted"},
};

constexpr bool travels(const base::ErrorTraits& error)
{
    return error.wire.interface != Interface::none;
}

constexpr auto kWireErrors = [] {
    std::array<WireError, std::ranges::count_if(kErrors, travels) + kReceivedErrors.size()> all;
    auto* next = all.begin();
    for (const base::ErrorTraits& error : kErrors) {
        const base::ErrorOnWire& wire = error.wire;
        const std::string_view interface = wire.interface == Interface::agent ? kAgentInterface : kServiceInterface;
        if (travels(error))
            *next++ = {error.code, interface, wire.name, wire.carried, wire.parameter, wire.sentence};
    }
    std::ranges::copy(kReceivedErrors, next);
    return all;
}();

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
