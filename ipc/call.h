// Calls and replies as the text of frames, without the NUL: {"method", "parameters", "more"?, "oneway"?} and
// {"parameters", "continues"?} or {"error", "parameters"}. Calls are read strictly, so that a mistyped field is found
// by who wrote it; of replies, fields that we do not know are ignored, so that a later agent can add some.
#pragma once

#include "base/result.h"
#include "ipc/messages.h"

#include <string>
#include <string_view>
#include <variant>

namespace sceau::ipc {

enum class Mode { single, more, oneway };

/// A call that arrived. Its own mistakes (an unknown method, a wrong parameter) are answers, not the end of the
/// connection, and a oneway call gets not even those.
struct Call {
    using AnyRequest = std::variant<Request, GetInfo::Parameters, GetInterfaceDescription::Parameters>;
    Mode mode = Mode::single;
    /// `interface_not_found`, `method_not_found`, `expected_more`, or `invalid_parameter` with the path of the field
    /// that is unknown, missing, of the wrong type or has a value that there is not: "evidence.kind".
    base::Result<AnyRequest> request;
};

/// `bad_frame` unless the frame is a call: check_frame, then exactly the members above with their types.
base::Result<Call> decode_call(std::string_view frame);

std::string encode_reply(const Reply& reply, bool continues);
std::string encode_reply(const GetInfo::Reply& reply);
std::string encode_reply(const GetInterfaceDescription::Reply& reply);
std::string encode_error_reply(const base::Error& error);

// The client's side. Defined for the methods of messages.h.

template <class Method>
std::string encode_call(const typename Method::Parameters& parameters, Mode mode);

template <class Method>
struct DecodedReply {
    typename Method::Reply value;
    bool continues = false;
};

/// The reply, or the error that the agent answered (ipc/errors.h); `bad_frame` when it is neither.
template <class Method>
base::Result<DecodedReply<Method>> decode_reply(std::string_view frame);

} // namespace sceau::ipc
