#include "ipc/call.h"
#include "ipc/errors.h"
#include "ipc/frame.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sceau;
using namespace sceau::ipc;
using base::ErrorCode;
using nlohmann::json;

namespace {

const base::KeyId kKey = base::KeyId::of_public_key(base::as_bytes("a key"));

Token token()
{
    return {.label = "Direction 2026",
            .serial = "0042",
            .manufacturer = "Example",
            .model = "PIV",
            .reader = "Example Reader 00 00",
            .module = "/usr/lib/opensc-pkcs11.so",
            .pin = {.low = true, .final_try = false, .locked = true, .pad = false, .to_be_changed = true}};
}

Key key()
{
    return {.id = kKey,
            .token_label = "Direction 2026",
            .token_serial = "0042",
            .certificate = {0x30, 0x00},
            .chain = {{0x30, 0x01}, {0x30, 0x02}},
            .subject = "CN=Zoé",
            .issuer = "CN=Example CA",
            .addresses = {"direction@example.org"},
            .not_before = "2026-01-01T00:00:00Z",
            .not_after = "2027-01-01T00:00:00Z",
            .algorithm = "rsa",
            .bits = 2048,
            .usage = {Usage::sign, Usage::decrypt},
            .schemes = {base::Scheme::rsa_pkcs1_sha256, base::Scheme::rsa_pss_rsae_sha512},
            .cka_id = base::Bytes{0x45, 0x00},
            .missing_issuer = "CN=Example Root",
            .absent = true};
}

JournalEntry journal_entry()
{
    return {.number = 7,
            .previous = "abc",
            .time = "2026-11-24T10:12:00.250Z",
            .operation = KeyOperation::derive,
            .outcome = RequestOutcome::refused,
            .program = "/usr/bin/a\nb",
            .pid = 77,
            .key = kKey,
            .token_label = "Direction 2026",
            .token_serial = "0042",
            .scheme = "ecdh",
            .digest = "00ff",
            .shown = Shown{.level = Level::claimed,
                           .lines = {{.name = FieldName::to,
                                      .level = Level::proven,
                                      .value = "Zoé <b@example.org>",
                                      .address = "b@example.org"},
                                     {.name = FieldName::bcc, .level = Level::claimed, .value = "undisclosed"},
                                     {.name = FieldName::subject, .level = Level::proven, .value = "Virement"}}},
            .left_out = std::vector{LeftOut{.name = FieldName::to, .count = 4000}},
            .salt = "00ff",
            .error = "not_permitted",
            .reason = "why",
            .times = 3,
            .torn_bytes = 17,
            .torn_sha256 = "ab"};
}

Sign::Parameters sign_parameters()
{
    return {.key = kKey,
            .scheme = base::Scheme::ecdsa_secp256r1_sha256,
            .digest = base::Bytes(32, 0xa5),
            .evidence = Evidence{.kind = Evidence::Kind::attributes, .attributes = base::Bytes{0x31, 0}},
            .terminal = Terminal{.tty = "/dev/pts/3", .term = "xterm"},
            .locale = "fr_FR.UTF-8"};
}

// A call of Sign as JSON, which the tests modify.
json sign_call()
{
    return json::parse(encode_call<Sign>(sign_parameters(), Mode::single));
}

base::Error error_of(const json& call)
{
    const auto decoded = decode_call(call.dump());
    if (!decoded)
        return decoded.error();
    REQUIRE_FALSE(decoded->request);
    return decoded->request.error();
}

template <class Method>
void check_call_goes_through(const typename Method::Parameters& parameters, Mode mode)
{
    const auto call = decode_call(encode_call<Method>(parameters, mode));
    REQUIRE(call);
    CHECK(call->mode == mode);
    REQUIRE(call->request);
    if constexpr (Method::kInterface == kAgentInterface)
        CHECK(std::get<typename Method::Parameters>(std::get<Request>(*call->request)) == parameters);
    else
        CHECK(std::get<typename Method::Parameters>(*call->request) == parameters);
}

template <class Method>
void check_reply_goes_through(const typename Method::Reply& reply, bool continues)
{
    const auto decoded = decode_reply<Method>(encode_reply(reply, continues));
    REQUIRE(decoded);
    CHECK(decoded->value == reply);
    CHECK(decoded->continues == continues);
}

} // namespace

TEST_CASE("every call arrives as it was sent")
{
    check_call_goes_through<ListTokens>({}, Mode::single);
    check_call_goes_through<ListKeys>({}, Mode::oneway);
    check_call_goes_through<ListKeys>({.email = "a@example.org", .usage = Usage::decrypt}, Mode::single);
    check_call_goes_through<ListKeys>({.email = {}, .usage = {}, .absent = true}, Mode::single);
    check_call_goes_through<Sign>(sign_parameters(), Mode::more);
    check_call_goes_through<Sign>({.key = kKey, .digest = {}, .evidence = {}, .terminal = {}}, Mode::single);
    check_call_goes_through<DescribeContent>({.key = kKey, .attributes_only = true, .locale = "fr"}, Mode::single);
    check_call_goes_through<Watch>({}, Mode::more);
    check_call_goes_through<ReadJournal>({.after = 3, .to = "a@example.org", .since = "2026-11-24", .limit = 7},
                                         Mode::more);
    check_call_goes_through<GetInfo>({}, Mode::single);
    check_call_goes_through<GetInterfaceDescription>({.interface = "org.sceau.Agent"}, Mode::single);
}

TEST_CASE("every reply arrives as it was sent")
{
    check_reply_goes_through<ListTokens>({.tokens = {token(), Token{}}}, false);
    for (const auto& kind : enumerators(Obstacle::Kind{}))
        check_reply_goes_through<ListTokens>(
            {.tokens = {}, .obstacles = {{.kind = kind.value, .module = "/m.so", .detail = "why"}, {}}}, false);
    check_reply_goes_through<ListKeys>({.keys = {key(), Key{}}}, false);
    check_reply_goes_through<Sign>({.signature = base::Bytes{1, 2, 3}, .progress = {}}, false);
    for (const auto& state : enumerators(State{}))
        check_reply_goes_through<Sign>(
            {.signature = {},
             .progress = Progress{.state = state.value, .token_label = "T", .before = 2, .tries_left = 1}},
            true);
    check_reply_goes_through<DescribeContent>({.attributes = {}}, false);
    check_reply_goes_through<DescribeContent>(
        {.attributes = {{1}, {2, 3}},
         .shown = Shown{.level = Level::proven,
                        .lines = {{.name = FieldName::to, .level = Level::proven, .value = "bank"}}}},
        false);
    check_reply_goes_through<Watch>({.tokens = {token()}, .keys = {key()}, .obstacles = {Obstacle{}}}, true);
    check_reply_goes_through<ReadJournal>({.entries = {journal_entry(), {}}, .next = 9, .path = "/j"}, true);
}

TEST_CASE("an entry of the journal is read as it was written, and one with members of a later agent as well")
{
    JournalEntry entry = journal_entry();
    const std::string link = R"({"number":7,"previous":"abc",)";
    CHECK(*decode_entry(link + encode_entry(entry).substr(1)) == entry);
    CHECK(*decode_entry(link + R"("weather":"rain",)" + encode_entry(entry).substr(1)) == entry);
    CHECK(encode_entry(entry).find('\n') == std::string::npos);
    CHECK(recipients(entry) == std::vector<std::string>{"b@example.org", "undisclosed"});
    for (const char* text : {"", "{}", "[]", "null", R"({"number":1,"previous":"","time":"","kind":"other"})",
                             R"({"number":"1","previous":"","time":"","kind":"request"})"})
        CHECK_FALSE(decode_entry(text));
}

TEST_CASE("the members of a call stand in the interface's order")
{
    CHECK(encode_call<Sign>({.key = kKey,
                             .scheme = base::Scheme::rsa_pkcs1_sha256,
                             .digest = {0xfb, 0xff},
                             .evidence = {},
                             .terminal = Terminal{.tty = "/dev/tty1", .term = "linux"}},
                            Mode::more) == R"({"method":"org.sceau.Agent.Sign","parameters":{"key":")" + kKey.hex() +
                                               R"(","scheme":"rsa_pkcs1_sha256","digest":"+/8=",)" +
                                               R"("terminal":{"tty":"/dev/tty1","term":"linux"}},"more":true})");
}

TEST_CASE("a wrong parameter is refused with the path of its field")
{
    const auto [pointer, value, path] = GENERATE(table<const char*, json, const char*>({
        {"/parameters/extra", 1, "extra"},
        {"/parameters/key", 1, "key"},
        {"/parameters/key", "abcd", "key"},
        {"/parameters/key", nullptr, "key"},
        {"/parameters/scheme", "rsa_pkcs1_sha1", "scheme"},
        {"/parameters/scheme", 4, "scheme"},
        {"/parameters/digest", "Zg", "digest"},
        {"/parameters/digest", "Zg==\n", "digest"},
        {"/parameters/digest", true, "digest"},
        {"/parameters/evidence", "mail", "evidence"},
        {"/parameters/evidence/kind", "telegram", "evidence.kind"},
        {"/parameters/evidence/content", "", "evidence.content"},
        {"/parameters/terminal/tty", 3, "terminal.tty"},
        {"/parameters/locale", false, "locale"},
        {"/upgrade", true, "upgrade"},
    }));
    json call = sign_call();
    call[json::json_pointer(pointer)] = value;
    CAPTURE(call.dump());
    CHECK(error_of(call).code == ErrorCode::invalid_parameter);
    CHECK(error_of(call).parameter == path);
}

TEST_CASE("a missing parameter is refused with its name and a missing optional one is not")
{
    for (const auto* name : {"key", "scheme", "digest"}) {
        json call = sign_call();
        call["parameters"].erase(name);
        CHECK(error_of(call).parameter == name);
    }
    json call = sign_call();
    call["parameters"]["evidence"] = nullptr;
    call["parameters"].erase("terminal");
    const auto decoded = decode_call(call.dump());
    const auto& request = std::get<Sign::Parameters>(std::get<Request>(decoded->request.value()));
    CHECK(request.evidence == std::nullopt);
    CHECK(request.terminal == std::nullopt);
}

TEST_CASE("parameters may be left out where a method needs none")
{
    CHECK(decode_call(R"({"method":"org.sceau.Agent.ListKeys"})")->request);
    CHECK(decode_call(R"({"method":"org.sceau.Agent.ListKeys","parameters":null})")->request);
    CHECK(error_of({{"method", "org.sceau.Agent.Sign"}}).parameter == "key");
}

TEST_CASE("an unknown interface and an unknown method are distinguished and named")
{
    const auto [method, code, name] = GENERATE(table<const char*, ErrorCode, const char*>({
        {"org.example.Other.Sign", ErrorCode::interface_not_found, "org.example.Other"},
        {"Sign", ErrorCode::interface_not_found, "Sign"},
        {"", ErrorCode::interface_not_found, ""},
        {"org.sceau.Agent", ErrorCode::interface_not_found, "org.sceau"},
        {"org.sceau.Agent.", ErrorCode::method_not_found, "org.sceau.Agent."},
        {"org.sceau.Agent.sign", ErrorCode::method_not_found, "org.sceau.Agent.sign"},
        {"org.sceau.Agent.GetInfo", ErrorCode::method_not_found, "org.sceau.Agent.GetInfo"},
        {"org.varlink.service.Sign", ErrorCode::method_not_found, "org.varlink.service.Sign"},
    }));
    CHECK(error_of({{"method", method}}).code == code);
    CHECK(error_of({{"method", method}}).parameter == name);
}

TEST_CASE("Watch is answered only when called with more")
{
    CHECK(error_of({{"method", "org.sceau.Agent.Watch"}}).code == ErrorCode::expected_more);
    CHECK(error_of({{"method", "org.sceau.Agent.Watch"}, {"oneway", true}}).code == ErrorCode::expected_more);
    CHECK(decode_call(R"({"method":"org.sceau.Agent.Watch","more":true})")->request);
}

TEST_CASE("a frame without a call's members and types is not a call")
{
    const auto* text = GENERATE(R"({})", R"({"parameters":{}})", R"({"method":1})",
                                R"({"method":"org.sceau.Agent.ListTokens","parameters":[]})",
                                R"({"method":"org.sceau.Agent.ListTokens","parameters":"{}"})",
                                R"({"method":"org.sceau.Agent.ListTokens","more":1})",
                                R"({"method":"org.sceau.Agent.ListTokens","oneway":null})",
                                R"({"method":"org.sceau.Agent.ListTokens","upgrade":"yes"})",
                                R"({"method":"org.sceau.Agent.ListTokens","id":7})",
                                R"({"method":"org.sceau.Agent.ListTokens","more":true,"oneway":true})", "[]", "");
    const auto call = decode_call(text);
    REQUIRE_FALSE(call);
    CHECK(call.error().code == ErrorCode::bad_frame);
}

TEST_CASE("members that a later agent adds to a reply are ignored")
{
    json reply = json::parse(encode_reply(ListKeys::Reply{.keys = {key()}}, false));
    reply["later"] = 1;
    reply["parameters"]["later"] = {{"a", 1}};
    reply["parameters"]["keys"][0]["later"] = "x";
    reply["parameters"]["keys"][0]["schemes"].insert(reply["parameters"]["keys"][0]["schemes"].begin(), "ed25519");
    const auto decoded = decode_reply<ListKeys>(reply.dump());
    REQUIRE(decoded);
    CHECK(decoded->value.keys == std::vector{key()});
}

TEST_CASE("a frame that is not a reply of the method is a bad frame")
{
    const auto* text = GENERATE(R"({"parameters":{}})", R"({"parameters":{"tokens":{}}})", R"({"parameters":[]})", "[]",
                                R"({"parameters":{"tokens":[{}]}})", R"({"parameters":{"tokens":[]},"continues":0})",
                                R"({"error":1})", "{}", "nonsense");
    CHECK(decode_reply<ListTokens>(text).error().code == ErrorCode::bad_frame);
}

TEST_CASE("numbers that do not fit into an int are refused and those that fit are not")
{
    const auto tries_left = [](const char* number) {
        return decode_reply<Sign>(R"({"parameters":{"progress":{"state":"pin","tries_left":)" + std::string(number) +
                                  "}}}");
    };
    CHECK(tries_left("2147483647")->value.progress->tries_left == 2147483647);
    CHECK(tries_left("-2147483648")->value.progress->tries_left == -2147483647 - 1);
    for (const auto* number : {"2147483648", "-2147483649", "18446744073709551615", "1.0", "1e3", "\"1\"", "true"})
        CHECK(tries_left(number).error().code == ErrorCode::bad_frame);
}

TEST_CASE("a label that is not UTF-8 still makes a frame")
{
    Token odd = token();
    odd.label = "caf\xe9";
    const std::string frame = encode_reply(ListTokens::Reply{.tokens = {odd}}, false);
    CHECK(check_frame(frame));
    CHECK(decode_reply<ListTokens>(frame)->value.tokens[0].label == "caf\xef\xbf\xbd");
}

TEST_CASE("every error of the interfaces goes over the wire and back")
{
    for (const WireError& wire : wire_errors()) {
        base::Error sent{.code = wire.code, .message = std::string(wire.sentence), .tries_left = {}, .parameter = {}};
        if (wire.carried == Carried::message)
            sent.message = "because of this";
        if (wire.carried == Carried::parameter)
            sent.parameter = "that.field";
        if (wire.carried == Carried::tries_left)
            sent.tries_left = 2;
        const std::string name = std::string(wire.interface) + "." + std::string(wire.name);
        json reply = json::parse(encode_error_reply(sent));
        CAPTURE(name, reply.dump());
        const auto* first = std::ranges::find(wire_errors(), wire.code, &WireError::code).operator->();
        CHECK((reply["error"] == name || first != &wire)); // two errors are received but never sent
        reply["error"] = name;
        if (first != &wire && wire.carried == Carried::parameter)
            reply["parameters"] = {{wire.parameter, "that.field"}};
        CHECK(decode_reply<ListTokens>(reply.dump()).error() == sent);
    }
}

TEST_CASE("a message for people travels only where the interface has a place for it")
{
    CHECK(encode_error_reply(base::internal("the secret reason")) ==
          R"({"error":"org.sceau.Agent.Internal","parameters":{}})");
    CHECK(encode_error_reply(base::io("the secret reason")) ==
          R"({"error":"org.sceau.Agent.Internal","parameters":{}})");
    CHECK(encode_error_reply(base::not_permitted("blind signatures are denied")) ==
          R"({"error":"org.sceau.Agent.NotPermitted","parameters":{"reason":"blind signatures are denied"}})");
    CHECK(encode_error_reply(base::pin_incorrect(std::nullopt)) ==
          R"({"error":"org.sceau.Agent.PinIncorrect","parameters":{}})");
}

TEST_CASE("an error that this version does not know is internal and keeps its name")
{
    const auto reply = decode_reply<ListTokens>(R"({"error":"org.sceau.Agent.TooColdOutside","parameters":{}})");
    CHECK(reply.error().code == ErrorCode::internal);
    CHECK_THAT(reply.error().message, Catch::Contains("org.sceau.Agent.TooColdOutside"));
}

TEST_CASE("an error without parameters or with odd ones is still that error")
{
    CHECK(decode_reply<Sign>(R"({"error":"org.sceau.Agent.PinIncorrect"})").error().code == ErrorCode::pin_incorrect);
    const auto odd = decode_reply<Sign>(R"({"error":"org.sceau.Agent.PinIncorrect","parameters":{"tries_left":-1}})");
    CHECK(odd.error().tries_left == std::nullopt);
}
