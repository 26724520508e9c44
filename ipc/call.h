// Calls and replies as the text of frames, without the NUL: {"method", "parameters", "more"?, "oneway"?} and
// {"parameters", "continues"?} or {"error", "parameters"}. Calls are read strictly, so that whoever mistypes a field
// finds out. Unknown fields in replies are ignored, so that a later agent can add some.
#pragma once

#include "base/result.h"
#include "ipc/messages.h"

#include <string>
#include <string_view>
#include <variant>

namespace sceau::ipc {

enum class Mode { single, more, oneway };

/// A call that arrived. Mistakes in the call itself (an unknown method, a wrong parameter) are answered and do not end
/// the connection; a oneway call gets no answer even then.
struct Call {
    using AnyRequest = std::variant<Request, GetInfo::Parameters, GetInterfaceDescription::Parameters>;
    Mode mode = Mode::single;
    /// The request, or `interface_not_found`, `method_not_found`, `expected_more`, or `invalid_parameter` with the path
    /// ("evidence.kind") of a field that is unknown, missing, of the wrong type or has an undefined value.
    base::Result<AnyRequest> request;
};

/// Fails with `bad_frame` unless the frame is a call: it passes check_frame and has exactly the members above, with
/// their types.
base::Result<Call> decode_call(std::string_view frame);

std::string encode_reply(const Reply& reply, bool continues);
std::string encode_reply(const GetInfo::Reply& reply);
std::string encode_reply(const GetInterfaceDescription::Reply& reply);
std::string encode_error_reply(const base::Error& error);

// The client's side, defined for the methods of messages.h.

template <class Method>
std::string encode_call(const typename Method::Parameters& parameters, Mode mode);

template <class Method>
struct DecodedReply {
    typename Method::Reply value;
    bool continues = false;
};

/// Returns the reply, or the error with which the agent answered (ipc/errors.h); fails with `bad_frame` if the frame is
/// neither.
template <class Method>
base::Result<DecodedReply<Method>> decode_reply(std::string_view frame);

} // namespace sceau::ipc
