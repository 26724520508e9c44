#include "pkcs11/message.h"

#include "base/channel.h"
#include "base/codec.h"

#include <algorithm>
#include <array>

namespace sceau::pkcs11 {

using base::ErrorCode;
using base::Place;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kNameLimit = 256; // bytes: a module's names have at most 64, each of which may become 3 (U+FFFD)
constexpr std::size_t kMostNesting = 8;
constexpr std::size_t kTriesLimit = 255;

constexpr std::array kFailures = {ErrorCode::pin_incorrect, ErrorCode::pin_locked,   ErrorCode::pin_to_be_changed,
                                  ErrorCode::busy,          ErrorCode::token_absent, ErrorCode::key_not_found,
                                  ErrorCode::unsupported,   ErrorCode::cancelled,    ErrorCode::token_failed};

/// A Signature whose digest may have any length.
struct WrittenSignature {
    base::Scheme scheme{};
    base::Bytes digest;

    static constexpr auto fields()
    {
        return std::tuple{Field{"scheme", &WrittenSignature::scheme}, Field{"digest", &WrittenSignature::digest}};
    }
};

/// A Failed whose code may be any word.
struct WrittenFailure {
    std::string code;
    std::string message;
    std::optional<unsigned> tries_left;

    static constexpr auto fields()
    {
        return std::tuple{Field{"code", &WrittenFailure::code},
                          Field{"message", &WrittenFailure::message, base::Bounds{0, kErrorTextLimit}},
                          Field{"tries_left", &WrittenFailure::tries_left, base::Bounds{0, kTriesLimit}}};
    }
};

/// Keeps a text within its limit, however much its bytes grow when they become UTF-8.
std::string cut(const std::string& text)
{
    return text.substr(0, kErrorTextLimit / 4);
}

} // namespace

// Overloads that base/codec.h finds for the types whose JSON differs from their fields. It would not find them in the
// unnamed namespace.

static ordered_json encode(const Signature& signature)
{
    const auto digest = signature.digest.bytes();
    return base::encode(WrittenSignature{.scheme = signature.scheme, .digest = {digest.begin(), digest.end()}});
}

static Result<Signature> decode_as(std::type_identity<Signature> /*unused*/, const nlohmann::json& json,
                                   const Place& place)
{
    WrittenSignature written;
    TRY(base::decode(json, place, written));
    TRY_ASSIGN(auto digest, base::Digest::for_scheme(written.scheme, written.digest));
    return Signature{.scheme = written.scheme, .digest = std::move(digest)};
}

static ordered_json encode(const DiscoveryEnd& end)
{
    return base::encode<DiscoveryEnd>(DiscoveryEnd{cut(end.incomplete)});
}

// An error code that no task fails with is reported as the worker's own failure.
static ordered_json encode(const Failed& failed)
{
    const bool is_a_tasks = std::ranges::find(kFailures, failed.error.code) != kFailures.end();
    return base::encode(
        WrittenFailure{.code = std::string(base::to_string(is_a_tasks ? failed.error.code : ErrorCode::token_failed)),
                       .message = cut(failed.error.message),
                       .tries_left = failed.error.tries_left});
}

static Result<> decode(const nlohmann::json& json, const Place& place, Failed& failed)
{
    WrittenFailure written;
    TRY(base::decode(json, place, written));
    const auto* code = std::ranges::find(kFailures, written.code, [](ErrorCode each) { return base::to_string(each); });
    if (code == kFailures.end())
        return place.wrong("has no code of a failure");
    failed.error = {
        .code = *code, .message = std::move(written.message), .tries_left = written.tries_left, .parameter = {}};
    return {};
}

namespace {

// Names from a vendor's module and messages from dlerror() may not be UTF-8.
std::string write(const ordered_json& object)
{
    return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

template <class T>
Result<T> parse(std::string_view packet)
{
    const auto malformed = [](const std::string& why) {
        return std::unexpected(base::token_failed("malformed packet between agent and worker: " + why));
    };
    if (packet.size() > base::kPacketLimit)
        return malformed("over the limit");
    if (const auto is_object = base::check_object(packet, kMostNesting); !is_object)
        return malformed(is_object.error().message);
    auto value = base::decode_as(std::type_identity<T>{}, nlohmann::json::parse(packet, nullptr, false),
                                 Place{.path = "", .unknown = base::Unknown::refuse, .longest_text = kNameLimit});
    if (!value)
        return malformed(value.error().message);
    return value;
}

} // namespace

std::string encode(const Task& task)
{
    return write(base::encode(task));
}

std::string encode(const Message& message)
{
    return write(base::encode(message));
}

Result<Task> parse_task(std::string_view packet)
{
    return parse<Task>(packet);
}

Result<Message> parse_message(std::string_view packet)
{
    return parse<Message>(packet);
}

} // namespace sceau::pkcs11
