#include "ipc/call.h"

#include "base/codec.h"
#include "ipc/errors.h"
#include "ipc/frame.h"

namespace sceau::ipc {

namespace {

using base::bad_frame;
using base::decode;
using base::Described;
using base::encode;
using base::Error;
using base::Place;
using base::Result;
using base::Unknown;
using nlohmann::json;
using nlohmann::ordered_json;

// A token's label or a module's message may contain bytes that are not UTF-8; they become U+FFFD.
std::string text_of(const ordered_json& message)
{
    return message.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

template <Described T>
ordered_json reply_json(const T& reply)
{
    return {{"parameters", encode(reply)}};
}

Result<bool> flag(const json& message, const char* name)
{
    const auto found = message.find(name);
    if (found == message.end())
        return false;
    if (!found->is_boolean())
        return std::unexpected(bad_frame(std::string(name) + " is not true or false"));
    return found->get<bool>();
}

struct Envelope {
    std::string interface;
    std::string method;
    json parameters;
    Mode mode = Mode::single;
    bool upgrade = false;
};

Result<Mode> mode_of(const json& message)
{
    TRY_ASSIGN(const bool more, flag(message, "more"));
    TRY_ASSIGN(const bool oneway, flag(message, "oneway"));
    if (more && oneway)
        return std::unexpected(bad_frame("more and oneway exclude each other"));
    return more ? Mode::more : oneway ? Mode::oneway : Mode::single;
}

Result<Envelope> open_envelope(json message)
{
    static constexpr std::array<std::string_view, 5> kMembers = {"method", "parameters", "more", "oneway", "upgrade"};
    for (const auto& [name, value] : message.items())
        if (std::ranges::find(kMembers, name) == kMembers.end())
            return std::unexpected(bad_frame("unknown member " + name));

    Envelope envelope;
    const auto method = message.find("method");
    if (method == message.end() || !method->is_string())
        return std::unexpected(bad_frame("a call without a method"));
    const auto& full_name = method->get_ref<const std::string&>();
    const std::size_t dot = full_name.rfind('.');
    envelope.interface = full_name.substr(0, dot);
    envelope.method = dot == std::string::npos ? "" : full_name.substr(dot + 1);

    envelope.parameters = json::object();
    if (const auto parameters = message.find("parameters"); parameters != message.end() && !parameters->is_null())
        envelope.parameters = std::move(*parameters);
    if (!envelope.parameters.is_object())
        return std::unexpected(bad_frame("parameters is not an object"));

    TRY_ASSIGN(envelope.mode, mode_of(message));
    TRY_ASSIGN(envelope.upgrade, flag(message, "upgrade"));
    return envelope;
}

template <class Method>
Result<Call::AnyRequest> decode_parameters(const json& parameters)
{
    typename Method::Parameters decoded;
    TRY(decode(parameters, Place{.path = "", .unknown = Unknown::refuse}, decoded));
    if constexpr (Method::kInterface == kAgentInterface)
        return Request(std::move(decoded));
    else
        return decoded;
}

// The method of that name among these, its parameters decoded.
template <class... Methods>
Result<Call::AnyRequest> decode_one_of(const Envelope& call)
{
    Result<Call::AnyRequest> request = std::unexpected(base::method_not_found(call.interface + "." + call.method));
    const auto decode_if_named = [&]<class Method>(std::type_identity<Method>) {
        if (call.method != Method::kName)
            return false;
        request = decode_parameters<Method>(call.parameters);
        return true;
    };
    (decode_if_named(std::type_identity<Methods>{}) || ...);
    return request;
}

Result<Call::AnyRequest> decode_request(const Envelope& call)
{
    if (call.interface != kAgentInterface && call.interface != kServiceInterface)
        return std::unexpected(base::interface_not_found(call.interface));
    if (call.upgrade)
        return std::unexpected(base::invalid_parameter("upgrade", "no method changes the protocol"));
    if (call.interface == kServiceInterface)
        return decode_one_of<GetInfo, GetInterfaceDescription>(call);
    if (call.method == Watch::kName && call.mode != Mode::more)
        return std::unexpected(base::expected_more());
    return decode_one_of<ListTokens, ListKeys, Sign, DescribeContent, Decrypt, Derive, Watch, ReadJournal>(call);
}

} // namespace

Result<Call> decode_call(std::string_view frame)
{
    TRY(check_frame(frame));
    TRY_ASSIGN(const Envelope envelope, open_envelope(json::parse(frame, nullptr, false)));
    return Call{.mode = envelope.mode, .request = decode_request(envelope)};
}

std::string encode_reply(const Reply& reply, bool continues)
{
    ordered_json message = std::visit([](const auto& each) { return reply_json(each); }, reply);
    if (continues)
        message["continues"] = true;
    return text_of(message);
}

std::string encode_reply(const GetInfo::Reply& reply)
{
    return text_of(reply_json(reply));
}

std::string encode_reply(const GetInterfaceDescription::Reply& reply)
{
    return text_of(reply_json(reply));
}

std::string encode_error_reply(const Error& error)
{
    return text_of(encode_error(error));
}

template <class Method>
std::string encode_call(const typename Method::Parameters& parameters, Mode mode)
{
    ordered_json call = {{"method", std::string(Method::kInterface) + "." + std::string(Method::kName)},
                         {"parameters", encode(parameters)}};
    if (mode != Mode::single)
        call[mode == Mode::more ? "more" : "oneway"] = true;
    return text_of(call);
}

template <class Method>
Result<DecodedReply<Method>> decode_reply(std::string_view frame)
{
    TRY(check_frame(frame));
    const json message = json::parse(frame, nullptr, false);
    if (message.contains("error"))
        return std::unexpected(decode_error(message));
    DecodedReply<Method> reply;
    TRY_ASSIGN(reply.continues, flag(message, "continues"));
    const json parameters = message.value("parameters", json::object());
    const auto decoded = decode(parameters, Place{.path = "", .unknown = Unknown::ignore}, reply.value);
    if (!decoded)
        return std::unexpected(
            bad_frame("not a reply to " + std::string(Method::kName) + ": " + decoded.error().message));
    return reply;
}

template std::string encode_call<ListTokens>(const ListTokens::Parameters&, Mode);
template std::string encode_call<ListKeys>(const ListKeys::Parameters&, Mode);
template std::string encode_call<Sign>(const Sign::Parameters&, Mode);
template std::string encode_call<DescribeContent>(const DescribeContent::Parameters&, Mode);
template std::string encode_call<Decrypt>(const Decrypt::Parameters&, Mode);
template std::string encode_call<Derive>(const Derive::Parameters&, Mode);
template std::string encode_call<Watch>(const Watch::Parameters&, Mode);
template std::string encode_call<ReadJournal>(const ReadJournal::Parameters&, Mode);
template std::string encode_call<GetInfo>(const GetInfo::Parameters&, Mode);
template std::string encode_call<GetInterfaceDescription>(const GetInterfaceDescription::Parameters&, Mode);
template Result<DecodedReply<ListTokens>> decode_reply<ListTokens>(std::string_view);
template Result<DecodedReply<ListKeys>> decode_reply<ListKeys>(std::string_view);
template Result<DecodedReply<Sign>> decode_reply<Sign>(std::string_view);
template Result<DecodedReply<DescribeContent>> decode_reply<DescribeContent>(std::string_view);
template Result<DecodedReply<Decrypt>> decode_reply<Decrypt>(std::string_view);
template Result<DecodedReply<Derive>> decode_reply<Derive>(std::string_view);
template Result<DecodedReply<Watch>> decode_reply<Watch>(std::string_view);
template Result<DecodedReply<ReadJournal>> decode_reply<ReadJournal>(std::string_view);
template Result<DecodedReply<GetInfo>> decode_reply<GetInfo>(std::string_view);
template Result<DecodedReply<GetInterfaceDescription>> decode_reply<GetInterfaceDescription>(std::string_view);

} // namespace sceau::ipc
