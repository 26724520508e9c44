#include "pkcs11/message.h"

#include "base/channel.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace sceau::pkcs11 {

using base::Bytes;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

namespace {

constexpr std::size_t kNameLimit = 256; // CK_TOKEN_INFO and CK_SLOT_INFO have 64 bytes at most, U+FFFD takes 3
constexpr std::size_t kPathLimit = 4096;
constexpr std::size_t kErrorTextLimit = 2048; // bytes
constexpr std::size_t kOutputLimit = 2048;    // bytes: RSA of 16384 bits
constexpr unsigned kTriesLimit = 255;

constexpr unsigned kPinLimit = 255;

constexpr std::array kFailures = {ErrorCode::pin_incorrect, ErrorCode::pin_locked,   ErrorCode::pin_to_be_changed,
                                  ErrorCode::busy,          ErrorCode::token_absent, ErrorCode::key_not_found,
                                  ErrorCode::unsupported,   ErrorCode::cancelled,    ErrorCode::token_failed};

std::unexpected<base::Error> malformed(std::string_view what)
{
    return std::unexpected(base::token_failed("malformed packet between agent and worker: " + std::string(what)));
}

/// A packet's members, each taken once by its name.
class Members {
  public:
    static Result<Members> of(std::string_view packet)
    {
        json object = json::parse(packet, nullptr, false);
        if (packet.size() > base::kPacketLimit || !object.is_object())
            return malformed("no JSON object");
        return Members(std::move(object));
    }

    Result<std::string> text(const char* name, std::size_t limit = kNameLimit)
    {
        const json* value = take(name);
        if (value == nullptr || !value->is_string() || value->get_ref<const std::string&>().size() > limit)
            return malformed(name);
        return value->get_ref<const std::string&>();
    }

    Result<Bytes> binary(const char* name, std::size_t limit)
    {
        TRY_ASSIGN(const std::string encoded, text(name, base::kPacketLimit));
        auto bytes = base::from_base64(encoded);
        if (!bytes || bytes->empty() || bytes->size() > limit)
            return malformed(name);
        return bytes;
    }

    Result<bool> flag(const char* name)
    {
        const json* value = take(name);
        if (value == nullptr || !value->is_boolean())
            return malformed(name);
        return value->get<bool>();
    }

    /// The one kind of member that may be missing.
    Result<std::optional<unsigned>> number(const char* name, unsigned limit)
    {
        const json* value = take(name);
        if (value == nullptr)
            return std::nullopt;
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() > limit)
            return malformed(name);
        return value->get<unsigned>();
    }

    Result<std::vector<std::string>> texts(const char* name, std::size_t limit)
    {
        const json* list = take(name);
        if (list == nullptr || !list->is_array() || list->size() > limit)
            return malformed(name);
        std::vector<std::string> texts;
        for (const json& value : *list) {
            if (!value.is_string() || value.get_ref<const std::string&>().size() > kNameLimit)
                return malformed(name);
            texts.push_back(value.get_ref<const std::string&>());
        }
        return texts;
    }

    Result<> nothing_else() const
    {
        if (taken_ != object_.size())
            return malformed("unknown members");
        return {};
    }

  private:
    explicit Members(json object) : object_(std::move(object)) {}

    const json* take(const char* name)
    {
        const auto found = object_.find(name);
        if (found == object_.end())
            return nullptr;
        ++taken_;
        return &*found;
    }

    json object_;
    std::size_t taken_ = 0;
};

// Names from a vendor's module and messages from dlerror() may be anything but UTF-8.
std::string write(const json& object)
{
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

void put(json& object, const TokenIdentity& identity)
{
    object["label"] = identity.label;
    object["serial"] = identity.serial;
    object["manufacturer"] = identity.manufacturer;
    object["model"] = identity.model;
}

Result<TokenIdentity> take_identity(Members& members)
{
    TokenIdentity identity;
    TRY_ASSIGN(identity.label, members.text("label"));
    TRY_ASSIGN(identity.serial, members.text("serial"));
    TRY_ASSIGN(identity.manufacturer, members.text("manufacturer"));
    TRY_ASSIGN(identity.model, members.text("model"));
    return identity;
}

void put(json& object, const PinState& pin)
{
    object["low"] = pin.low;
    object["final_try"] = pin.final_try;
    object["locked"] = pin.locked;
    object["pad"] = pin.pad;
    object["to_be_changed"] = pin.to_be_changed;
    object["not_set"] = pin.not_set;
    object["shortest"] = pin.shortest;
    object["longest"] = pin.longest;
}

Result<PinState> take_pin_state(Members& members)
{
    PinState pin;
    TRY_ASSIGN(pin.low, members.flag("low"));
    TRY_ASSIGN(pin.final_try, members.flag("final_try"));
    TRY_ASSIGN(pin.locked, members.flag("locked"));
    TRY_ASSIGN(pin.pad, members.flag("pad"));
    TRY_ASSIGN(pin.to_be_changed, members.flag("to_be_changed"));
    TRY_ASSIGN(pin.not_set, members.flag("not_set"));
    TRY_ASSIGN(const auto shortest, members.number("shortest", kPinLimit));
    TRY_ASSIGN(const auto longest, members.number("longest", kPinLimit));
    pin.shortest = shortest.value_or(0);
    pin.longest = longest.value_or(0);
    return pin;
}

struct Encoder {
    json operator()(const DiscoverTask& task) const
    {
        return {{"task", "discover"},
                {"busy_readers", task.busy_readers},
                {"certificate_cache", task.certificate_cache.string()}};
    }

    json operator()(const ResetTask& task) const { return {{"task", "reset"}, {"reader", task.reader}}; }

    json operator()(const MonitorTask& task) const
    {
        return {{"task", "monitor"}, {"certificate_cache", task.certificate_cache.string()}};
    }

    json operator()(const KeyTask& task) const
    {
        json object = std::visit(*this, task.operation);
        object["slot"] = task.slot;
        object["reader"] = task.reader;
        object["leave_card"] = task.after == AfterLogin::leave;
        object["certificate_cache"] = task.certificate_cache.string();
        object["cka_id"] = base::to_base64(task.cka_id);
        object["key"] = base::to_base64(task.public_key);
        put(object, task.token);
        return object;
    }

    json operator()(const Signature& operation) const
    {
        return {{"task", "sign"},
                {"scheme", base::to_string(operation.scheme)},
                {"digest", base::to_base64(operation.digest.bytes())}};
    }

    json operator()(const Decryption& operation) const
    {
        return {{"task", "decrypt"},
                {"scheme", base::to_string(operation.scheme)},
                {"ciphertext", base::to_base64(operation.ciphertext)}};
    }

    json operator()(const Derivation& operation) const
    {
        return {{"task", "derive"}, {"public_key", base::to_base64(operation.public_key)}};
    }

    json operator()(const Token& token) const
    {
        json object = {{"report", "token"}, {"reader", token.reader}, {"removable", token.removable}};
        put(object, token.identity);
        put(object, token.pin);
        return object;
    }

    json operator()(const Certificate& certificate) const
    {
        return {{"report", "certificate"},
                {"cka_id", base::to_base64(certificate.cka_id)},
                {"der", base::to_base64(certificate.der)}};
    }

    json operator()(const KeyObject& key) const
    {
        return {{"report", "key"},
                {"cka_id", base::to_base64(key.cka_id)},
                {"label", key.label},
                {"public_key", base::to_base64(key.public_key)}};
    }

    json operator()(const DiscoveryEnd& end) const
    {
        return {{"report", "discovered"}, {"incomplete", end.incomplete.substr(0, kErrorTextLimit / 4)}};
    }

    json operator()(const Ready& ready) const
    {
        json object = {{"report", "ready"}};
        put(object, ready.pin);
        return object;
    }

    json operator()(const Performed& result) const
    {
        return {{"report", "performed"}, {"output", base::to_base64(result.output)}};
    }

    json operator()(const CardReset&) const { return {{"report", "reset"}}; }

    json operator()(const Readers& readers) const
    {
        json lines = json::array();
        for (const Reader& reader : readers.readers)
            lines.push_back(fmt::format("{} {} {}", reader.card ? 1 : 0, reader.events, reader.name));
        return {{"report", "readers"}, {"service", readers.service}, {"readers", std::move(lines)}};
    }

    json operator()(const Failed& failed) const
    {
        json object = {{"report", "failed"},
                       {"code", base::to_string(failed.error.code)},
                       {"message", failed.error.message.substr(0, kErrorTextLimit / 4)}};
        if (failed.error.tries_left)
            object["tries_left"] = *failed.error.tries_left;
        return object;
    }
};

Result<Operation> take_signature(Members& members)
{
    TRY_ASSIGN(const std::string name, members.text("scheme"));
    const auto scheme = base::scheme_from(name);
    if (!scheme)
        return malformed("scheme");
    TRY_ASSIGN(const Bytes bytes, members.binary("digest", base::digest_size(base::traits(*scheme).hash)));
    auto digest = base::Digest::for_scheme(*scheme, bytes);
    if (!digest)
        return malformed("digest");
    return Signature{.scheme = *scheme, .digest = *std::move(digest)};
}

Result<Operation> take_decryption(Members& members)
{
    TRY_ASSIGN(const std::string name, members.text("scheme"));
    const auto scheme = base::decryption_scheme_from(name);
    if (!scheme)
        return malformed("scheme");
    TRY_ASSIGN(Bytes ciphertext, members.binary("ciphertext", kOutputLimit));
    return Decryption{.scheme = *scheme, .ciphertext = std::move(ciphertext)};
}

Result<Operation> take_derivation(Members& members)
{
    TRY_ASSIGN(Bytes public_key, members.binary("public_key", kOutputLimit));
    return Derivation{std::move(public_key)};
}

Result<Task> take_key_task(Members& members, Result<Operation> (*take_operation)(Members&))
{
    TRY_ASSIGN(TokenIdentity token, take_identity(members));
    TRY_ASSIGN(std::string slot, members.text("slot"));
    TRY_ASSIGN(std::string reader, members.text("reader"));
    TRY_ASSIGN(const bool leave_card, members.flag("leave_card"));
    TRY_ASSIGN(const std::string certificate_cache, members.text("certificate_cache", kPathLimit));
    TRY_ASSIGN(Bytes cka_id, members.binary("cka_id", kCkaIdLimit));
    TRY_ASSIGN(Bytes public_key, members.binary("key", kPublicKeyLimit));
    TRY_ASSIGN(Operation operation, take_operation(members));
    return KeyTask{.token = std::move(token),
                   .slot = std::move(slot),
                   .reader = std::move(reader),
                   .cka_id = std::move(cka_id),
                   .public_key = std::move(public_key),
                   .operation = std::move(operation),
                   .after = leave_card ? AfterLogin::leave : AfterLogin::reset,
                   .certificate_cache = certificate_cache};
}

Result<Task> take_task(Members& members)
{
    TRY_ASSIGN(const std::string task, members.text("task"));
    if (task == "sign")
        return take_key_task(members, take_signature);
    if (task == "decrypt")
        return take_key_task(members, take_decryption);
    if (task == "derive")
        return take_key_task(members, take_derivation);
    if (task == "discover") {
        TRY_ASSIGN(auto busy_readers, members.texts("busy_readers", kReaderLimit));
        TRY_ASSIGN(const std::string certificate_cache, members.text("certificate_cache", kPathLimit));
        return DiscoverTask{std::move(busy_readers), certificate_cache};
    }
    if (task == "reset") {
        TRY_ASSIGN(std::string reader, members.text("reader"));
        return ResetTask{std::move(reader)};
    }
    if (task == "monitor") {
        TRY_ASSIGN(const std::string certificate_cache, members.text("certificate_cache", kPathLimit));
        return MonitorTask{certificate_cache};
    }
    return malformed("unknown task");
}

Result<Message> take_token(Members& members)
{
    Token token;
    TRY_ASSIGN(token.identity, take_identity(members));
    TRY_ASSIGN(token.reader, members.text("reader"));
    TRY_ASSIGN(token.removable, members.flag("removable"));
    TRY_ASSIGN(token.pin, take_pin_state(members));
    return token;
}

Result<Message> take_certificate(Members& members)
{
    Certificate certificate;
    TRY_ASSIGN(certificate.cka_id, members.binary("cka_id", kCkaIdLimit));
    TRY_ASSIGN(certificate.der, members.binary("der", kCertificateLimit));
    return certificate;
}

Result<Message> take_key_object(Members& members)
{
    KeyObject key;
    TRY_ASSIGN(key.cka_id, members.binary("cka_id", kCkaIdLimit));
    TRY_ASSIGN(key.label, members.text("label"));
    TRY_ASSIGN(key.public_key, members.binary("public_key", kPublicKeyLimit));
    return key;
}

Result<Message> take_failed(Members& members)
{
    Failed failed;
    TRY_ASSIGN(const std::string code, members.text("code"));
    const auto* known = std::ranges::find(kFailures, code, [](ErrorCode each) { return base::to_string(each); });
    if (known == kFailures.end())
        return malformed("code");
    failed.error.code = *known;
    TRY_ASSIGN(failed.error.message, members.text("message", kErrorTextLimit));
    TRY_ASSIGN(failed.error.tries_left, members.number("tries_left", kTriesLimit));
    return failed;
}

/// "1 7 Virtual PCD 00 00": a card, 7 events, the name.
Result<Reader> reader_of(const std::string& line)
{
    Reader reader;
    const char* end = line.data() + line.size();
    if (line.size() < 2 || (line[0] != '0' && line[0] != '1') || line[1] != ' ')
        return malformed("readers");
    reader.card = line[0] == '1';
    const auto [after, error] = std::from_chars(line.data() + 2, end, reader.events);
    if (error != std::errc{} || after == end || *after != ' ')
        return malformed("readers");
    reader.name.assign(after + 1, end);
    return reader;
}

Result<Message> take_readers(Members& members)
{
    Readers readers;
    TRY_ASSIGN(readers.service, members.flag("service"));
    TRY_ASSIGN(const auto lines, members.texts("readers", kReaderLimit));
    for (const std::string& line : lines) {
        TRY_ASSIGN(Reader reader, reader_of(line));
        readers.readers.push_back(std::move(reader));
    }
    return readers;
}

Result<Message> take_message(Members& members)
{
    TRY_ASSIGN(const std::string report, members.text("report"));
    if (report == "token")
        return take_token(members);
    if (report == "certificate")
        return take_certificate(members);
    if (report == "key")
        return take_key_object(members);
    if (report == "discovered") {
        TRY_ASSIGN(std::string incomplete, members.text("incomplete", kErrorTextLimit));
        return DiscoveryEnd{std::move(incomplete)};
    }
    if (report == "ready") {
        TRY_ASSIGN(const PinState pin, take_pin_state(members));
        return Ready{pin};
    }
    if (report == "performed") {
        TRY_ASSIGN(Bytes output, members.binary("output", kOutputLimit));
        return Performed{std::move(output)};
    }
    if (report == "reset")
        return CardReset{};
    if (report == "readers")
        return take_readers(members);
    if (report == "failed")
        return take_failed(members);
    return malformed("unknown report");
}

/// The whole packet, by one of the two above.
template <class T>
Result<T> parse(std::string_view packet, Result<T> (*take)(Members&))
{
    TRY_ASSIGN(Members members, Members::of(packet));
    TRY_ASSIGN(T value, take(members));
    TRY(members.nothing_else());
    return value;
}

} // namespace

std::string encode(const Task& task)
{
    return write(std::visit(Encoder{}, task));
}

std::string encode(const Message& message)
{
    return write(std::visit(Encoder{}, message));
}

Result<Task> parse_task(std::string_view packet)
{
    return parse(packet, take_task);
}

Result<Message> parse_message(std::string_view packet)
{
    return parse(packet, take_message);
}

} // namespace sceau::pkcs11
