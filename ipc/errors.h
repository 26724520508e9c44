// The errors of the wire and those of ours: base::Error to {"error": name, "parameters": …} and back. The names are
// those of the interface files; a test compares them. Error::message travels only where the interface has a reason or
// a detail; where it does not, the receiver gets a sentence of its own.
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

/// Those of base/error_table.h, and behind them two of org.varlink.service that are only ever received and share their
/// codes with errors of the agent's.
std::span<const WireError> wire_errors();

/// Codes without a name on the wire become Internal: their detail is not the caller's business.
nlohmann::ordered_json encode_error(const base::Error& error);

/// Of a reply that has "error". A name that we do not know is `internal`, with the name in its message.
base::Error decode_error(const nlohmann::json& reply);

} // namespace sceau::ipc
