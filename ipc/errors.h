// Converts between the errors of the wire, {"error": name, "parameters": …}, and base::Error. The names are those of
// the interface files, which a test checks. Error::message is sent only if the interface has a reason or a detail for
// it; otherwise the receiver gets a fixed sentence.
#pragma once

#include "base/error_table.h"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string_view>

namespace sceau::ipc {

using base::Carried;

struct WireError {
    base::ErrorCode code;
    std::string_view interface;
    std::string_view name;
    Carried carried;
    std::string_view parameter; // its name on the wire
    std::string_view sentence;  // Error::message when it was not carried
};

/// The errors of base/error_table.h, followed by two of org.varlink.service that are only ever received and share their
/// codes with errors of the agent.
std::span<const WireError> wire_errors();

/// Codes without a name on the wire become Internal, since their details do not concern the caller.
nlohmann::ordered_json encode_error(const base::Error& error);

/// Reads a reply that has "error". An unknown name becomes `internal`, with the name in its message.
base::Error decode_error(const nlohmann::json& reply);

} // namespace sceau::ipc
