// The agent's core with tokens in memory and a scripted person: what is asked, of whom, how often, and what is
// returned.

#include "tests/support/signed_attributes.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;
using base::Scheme;

namespace {

ipc::Evidence attributes_evidence(base::Bytes attributes)
{
    return {.kind = ipc::Evidence::Kind::attributes, .attributes = std::move(attributes)};
}

/// Starts a request for the key of a token that was seen and then pulled out.
void start_without(MemoryToken& token, Bench& bench)
{
    bench.follow();
    REQUIRE(bench.answer_to(ipc::ListKeys::Parameters{}));
    token.pulled = true;
    bench.memory->changed().notify();
    bench.start(bench.request(token));
}

} // namespace

TEST_CASE("a signature costs one PIN, one login and one worker")
{
    const PinentryScript person({"pin 123456", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(bench.calls.back()->stream.states() == std::vector<std::string>{"pin", "signing"});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(person.times_asked() == 2);
    CHECK(token->logins == 2);
    CHECK(token->workers == 2);
}

TEST_CASE("the prompt is a blind one and names program, key and digest")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    REQUIRE(bench.run(bench.request(*token)));
    CHECK(person.log().find("mailer (as it claims)") != std::string::npos);
    CHECK(person.log().find("ITS CONTENT CANNOT BE SHOWN") != std::string::npos);
    CHECK(person.log().find("direction@example.org") != std::string::npos);
    CHECK(person.log().find(base::to_hex(base::BytesView(bench.digest).first(2))) != std::string::npos);
    CHECK(person.log().find("allow-external-password-cache") == std::string::npos);
}

TEST_CASE("with a locale that is missing or cannot write our texts, the dialog still opens in its language")
{
    const auto [locale, cancel] =
        GENERATE(table<const char*, const char*>({{"fr_XX.UTF-8", "Annuler"}, {"fr", "Annuler"}, {"C", "Cancel"}}));
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    auto request = bench.request(*token);
    request.locale = locale;
    CHECK(bench.is_good(bench.run(request), *token));
    CHECK(person.log().find("lc-ctype=C.UTF-8") != std::string::npos);
    CHECK(person.log().find(std::string("SETCANCEL ") + cancel) != std::string::npos);
}

TEST_CASE("a card that another program holds is waited for, and the program is named")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->held_by = "scdaemon (1234)";
    Bench bench({token});
    bench.start(bench.request(*token));
    Recorder& stream = bench.calls.back()->stream;
    stream.on_send = [&] {
        if (stream.states().back() == "reader_in_use")
            token->held_by.clear();
    };
    bench.context.run();
    CHECK(bench.is_good(bench.calls.back()->reply, *token));
    CHECK(stream.states() == std::vector<std::string>{"reader_in_use", "pin", "signing"});
    CHECK(std::get<ipc::ProgressReply>(stream.sent.front()).progress->programs == "scdaemon (1234)");
}

TEST_CASE("a card that another program does not release is Busy")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    token->held_by = "scdaemon (1234)";
    Bench bench({token}, {}, std::chrono::seconds(1));
    CHECK(bench.run(bench.request(*token)).error() == base::busy("scdaemon (1234)"));
    CHECK(person.times_asked() == 0);
}

TEST_CASE("a token pulled out while the dialog is open closes it, and the request goes on when it is back")
{
    const PinentryScript person({"hang", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.follow();
    bench.start(bench.request(*token));
    bench.run_until([&] { return person.times_asked() == 1; });
    token->pulled = true;
    bench.memory->changed().notify();
    Recorder& stream = bench.calls.back()->stream;
    bench.run_until([&] { return stream.states().back() == "waiting_for_token"; });
    CHECK(token->logins == 0);
    token->pulled = false;
    bench.memory->changed().notify();
    bench.run_until([&] { return bench.calls.back()->done; });
    CHECK(bench.is_good(bench.calls.back()->reply, *token));
    CHECK(stream.states() == std::vector<std::string>{"pin", "waiting_for_token", "pin", "signing"});
}

TEST_CASE("a missing token is asked for on the screen, and hiding the notice goes on waiting")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    start_without(*token, bench);
    bench.run_until([&] { return person.log().find("CONFIRM") != std::string::npos; });
    CHECK_THAT(person.log(), Catch::Contains("Plug in \"Direction\""));
    token->pulled = false;
    bench.memory->changed().notify();
    bench.run_until([&] { return bench.calls.back()->done; });
    CHECK(bench.is_good(bench.calls.back()->reply, *token));
}

TEST_CASE("the notice that asks for a token can cancel")
{
    const PinentryScript person({"no"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    start_without(*token, bench);
    bench.run_until([&] { return bench.calls.back()->done; });
    CHECK(bench.calls.back()->reply.error().code == ErrorCode::cancelled);
}

TEST_CASE("the notice that asks for a token closes when the token comes")
{
    const PinentryScript person({"hang", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    start_without(*token, bench);
    bench.run_until([&] { return person.times_told() == 1; });
    token->pulled = false;
    bench.memory->changed().notify();
    bench.run_until([&] { return bench.calls.back()->done; });
    CHECK(bench.is_good(bench.calls.back()->reply, *token));
}

TEST_CASE("when a token is pulled out a watcher is told at once and the refused PIN is forgotten")
{
    const PinentryScript person({"pin 111111", "cancel", "pin 111111", "cancel"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.follow();
    bench.start(ipc::Watch::Parameters{});
    auto& watched = bench.calls.front()->stream.sent;
    bench.run_until([&] { return watched.size() == 1; });
    bench.start(bench.request(*token));
    bench.run_until([&] { return bench.calls.back()->done; });
    token->pulled = true;
    bench.memory->changed().notify();
    bench.run_until([&] { return watched.size() == 2; });
    CHECK(std::get<ipc::Watch::Reply>(watched.back()).tokens.empty());
    token->pulled = false;
    bench.memory->changed().notify();
    bench.run_until([&] { return watched.size() == 3; });
    bench.start(bench.request(*token));
    bench.run_until([&] { return bench.calls.back()->done; });
    CHECK(token->logins == 2); // the PIN may have been changed meanwhile
}

TEST_CASE("cancel, a time that runs out and a pinentry that cannot open each have their error")
{
    const auto [answer, code] = GENERATE(table<std::string, ErrorCode>({{"cancel", ErrorCode::cancelled},
                                                                        {"timeout", ErrorCode::timed_out},
                                                                        {"error 83918950", ErrorCode::unsupported}}));
    const PinentryScript person({answer, answer});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    CHECK(bench.run(bench.request(*token)).error().code == code);
    CHECK(token->logins == 0);
}

TEST_CASE("a dialog that ends by itself is opened once more, and no third time")
{
    const PinentryScript person({"crash", "pin 123456", "crash", "crash", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::unsupported);
    CHECK(person.times_asked() == 4);
    CHECK(token->logins == 1);
}

TEST_CASE("a prompt that nobody answers is closed when its time is over")
{
    const PinentryScript person({"hang"});
    const auto token = memory_token("Direction", "direction@example.org");
    Config config;
    config.pin_timeout = std::chrono::seconds(1);
    Bench bench({token}, config);
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::timed_out);
    CHECK(token->workers_now == 0);
}

TEST_CASE("when the client goes the prompt closes and the token is free")
{
    const PinentryScript person({"hang"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.start(bench.request(*token));
    bench.calls.back()->stream.on_send = [&] {
        asio::post(bench.context, [&] { bench.calls.back()->cancel.emit(asio::cancellation_type::terminal); });
    };
    bench.context.run();
    CHECK(bench.calls.back()->reply.error().code == ErrorCode::cancelled);
    CHECK(token->workers_now == 0);
    CHECK(token->logins == 0);

    person.will_answer({"pin 123456"});
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
}

TEST_CASE("when the client goes while the dialog is open the dialog closes and the next one opens")
{
    const PinentryScript person({"hang", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.start(bench.request(*token));
    bench.run_until([&] { return person.times_asked() == 1; });
    bench.calls.back()->cancel.emit(asio::cancellation_type::terminal);
    bench.context.run();
    CHECK(bench.calls.back()->reply.error().code == ErrorCode::cancelled);
    CHECK(bench.is_good(bench.run(bench.request(*token)), *token));
}

TEST_CASE("requests for one token wait for each other and each costs its own PIN")
{
    const PinentryScript person({"pin 123456", "pin 123456", "pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    for (int i = 0; i < 3; ++i)
        bench.start(bench.request(*token));
    bench.context.run();
    for (const auto& call : bench.calls)
        CHECK(bench.is_good(call->reply, *token));
    CHECK(token->workers_at_most == 1);
    CHECK(token->logins == 3);
    CHECK(person.times_asked() == 3);
    CHECK(bench.calls.back()->stream.states().front() == "queued");
}

TEST_CASE("a wrong signature is not released")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.memory->spoil = [](base::Bytes& signature) { signature.back() ^= 1; };
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::token_failed);
}

TEST_CASE("a request that cannot be met is answered before anyone is asked")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    auto request = bench.request(*token);
    SECTION("a digest of the wrong length")
    {
        request.digest.pop_back();
        CHECK(bench.run(request).error().parameter == "digest");
    }
    SECTION("a scheme of another kind of key")
    {
        request.scheme = Scheme::rsa_pkcs1_sha256;
        CHECK(bench.run(request).error().code == ErrorCode::unsupported);
    }
    SECTION("a key that nobody has")
    {
        request.key = base::KeyId::of_public_key(base::as_bytes("other"));
        CHECK(bench.run(request).error().code == ErrorCode::key_not_found);
    }
    SECTION("evidence of a kind that is for later")
    {
        request.evidence = ipc::Evidence{.kind = ipc::Evidence::Kind::git};
        CHECK(bench.run(request).error().code == ErrorCode::unsupported);
    }
    SECTION("evidence of nothing")
    {
        request.evidence = ipc::Evidence{.kind = ipc::Evidence::Kind::attributes, .attributes = {}};
        CHECK(bench.run(request).error().parameter == "evidence.attributes");
    }
    SECTION("evidence of another signature")
    {
        request.evidence = attributes_evidence(attributes_of({content_type(), message_digest()}));
        CHECK(bench.run(request).error().code == ErrorCode::evidence_mismatch);
    }
    SECTION("evidence that is no signed attributes")
    {
        request.evidence = attributes_evidence(base::Bytes{0x31, 0});
        request.digest = base::hash_of(base::Hash::sha256, *request.evidence->attributes);
        CHECK(bench.run(request).error().code == ErrorCode::evidence_mismatch);
    }
    SECTION("evidence that names another certificate")
    {
        const auto other = memory_token("Other", "other@example.org");
        request.evidence = attributes_evidence(
            attributes_of({content_type(), message_digest(), signing_certificate(other->keys.front().holder->der())}));
        request.digest = base::hash_of(base::Hash::sha256, *request.evidence->attributes);
        CHECK(bench.run(request).error().code == ErrorCode::evidence_mismatch);
    }
    CHECK(person.times_asked() == 0);
    CHECK(token->workers == 0);
}

TEST_CASE("signed attributes are checked and shown, and yet the signature counts as blind")
{
    ::setenv("TZ", "UTC", 1);
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Config config;
    config.blind = GENERATE(Blind::ask, Blind::deny);
    const bool is_denied = config.blind == Blind::deny;
    Bench bench({token}, std::move(config));
    auto request = bench.request(*token);
    request.evidence =
        attributes_evidence(attributes_of({content_type(), signing_time(), capabilities(), message_digest(),
                                           signing_certificate(token->keys.front().holder->der())}));
    request.digest = bench.digest = base::hash_of(base::Hash::sha256, *request.evidence->attributes);
    const auto reply = bench.run(request);
    if (is_denied) {
        CHECK(reply.error().code == ErrorCode::not_permitted);
        CHECK(person.times_asked() == 0);
        return;
    }
    CHECK(bench.is_good(reply, *token));
    CHECK_THAT(person.log(), Catch::Contains("a mail (S/MIME), dated 25 Nov 2026 17:20") &&
                                 Catch::Contains("CONTENT CANNOT BE SHOWN") && Catch::Contains("Digest: 0707 0707"));
}

TEST_CASE("a policy against blind signatures refuses without a prompt")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Config config;
    config.programs = {{.exe = "/usr/bin/mailer", .blind = Blind::deny}};
    Bench bench({token}, config);
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::not_permitted);
    CHECK(person.times_asked() == 0);
}

TEST_CASE("a known token that is not plugged in is waited for, then the request goes on by itself")
{
    const PinentryScript person({"pin 123456"});
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    token->pulled = true;
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    bench.start(bench.request(*token));
    bench.calls.back()->stream.on_send = [&] { token->pulled = false; };
    bench.context.restart();
    bench.context.run();
    CHECK(bench.is_good(bench.calls.back()->reply, *token));
    CHECK(bench.calls.back()->stream.states() == std::vector<std::string>{"waiting_for_token", "pin", "signing"});
}

TEST_CASE("keys of tokens that are not plugged in are listed on request, and marked as absent")
{
    const auto one = memory_token("One", "one@example.org");
    const auto two = memory_token("Two", "two@example.org");
    Bench bench({one, two});
    const auto absent = [&](std::optional<bool> wanted) {
        const auto reply = bench.run(ipc::ListKeys::Parameters{.email = {}, .usage = {}, .absent = wanted});
        std::vector<std::pair<std::string, std::optional<bool>>> keys;
        for (const ipc::Key& key : std::get<ipc::ListKeys::Reply>(reply.value()).keys)
            keys.emplace_back(key.token_label, key.absent);
        return keys;
    };
    CHECK(absent(true).size() == 2);
    two->pulled = true;
    using Keys = std::vector<std::pair<std::string, std::optional<bool>>>;
    CHECK(absent({}) == Keys{{"One", {}}});
    CHECK(absent(true) == Keys{{"One", {}}, {"Two", true}});
}

TEST_CASE("a known token that does not come in time is absent")
{
    const PinentryScript person;
    const auto token = memory_token("Direction", "direction@example.org");
    Config config;
    config.token_wait = std::chrono::seconds(1);
    Bench bench({token}, config);
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    token->pulled = true;
    REQUIRE(bench.run(ipc::ListKeys::Parameters{}));
    CHECK(bench.run(bench.request(*token)).error().code == ErrorCode::token_absent);
}

TEST_CASE("keys are listed with their token, by address and by usage")
{
    const auto one = memory_token("One", "one@example.org");
    const auto two = memory_token("Two", "two@example.org");
    Bench bench({one, two});
    const auto count = [&](std::optional<std::string> address, std::optional<ipc::Usage> usage) {
        const auto reply = bench.run(ipc::ListKeys::Parameters{.email = std::move(address), .usage = usage});
        return std::get<ipc::ListKeys::Reply>(reply.value()).keys.size();
    };
    CHECK(count({}, {}) == 2);
    CHECK(count("TWO@EXAMPLE.ORG", {}) == 1);
    CHECK(count("three@example.org", {}) == 0);
    CHECK(count({}, ipc::Usage::sign) == 2);
    CHECK(count({}, ipc::Usage::decrypt) == 0);

    const auto reply = bench.run(ipc::ListTokens::Parameters{});
    const auto& tokens = std::get<ipc::ListTokens::Reply>(reply.value()).tokens;
    REQUIRE(tokens.size() == 2);
    CHECK(tokens[0].label == "One");
    CHECK(tokens[0].module == "/memory.so");
}

TEST_CASE("a change that comes while a watcher takes its reply is told afterwards")
{
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.start(ipc::Watch::Parameters{});
    auto& stream = bench.calls.front()->stream;
    Recorder other;
    stream.while_sending = [&]() -> asio::awaitable<void> {
        token->pulled = true;
        co_await bench.service->handle(bench.peer, ipc::ListKeys::Parameters{}, other);
    };
    bench.context.poll();
    REQUIRE(stream.sent.size() == 2);
    CHECK(std::get<ipc::Watch::Reply>(stream.sent[0]).keys.size() == 1);
    CHECK(std::get<ipc::Watch::Reply>(stream.sent[1]).keys.empty());
}

TEST_CASE("a watcher is told the current state and each change, but not of a discovery without a change")
{
    const auto token = memory_token("Direction", "direction@example.org");
    Bench bench({token});
    bench.start(ipc::Watch::Parameters{});
    bench.start(ipc::ListKeys::Parameters{});
    bench.context.poll();
    auto& stream = bench.calls.front()->stream;
    REQUIRE(stream.sent.size() == 1);
    CHECK(std::get<ipc::Watch::Reply>(stream.sent[0]).keys.size() == 1);
    token->pulled = true;
    bench.start(ipc::ListKeys::Parameters{});
    bench.context.restart();
    bench.context.poll();
    REQUIRE(stream.sent.size() == 2);
    CHECK(std::get<ipc::Watch::Reply>(stream.sent[1]).keys.empty());
    bench.calls.front()->cancel.emit(asio::cancellation_type::terminal);
    bench.context.restart();
    bench.context.run();
    CHECK(bench.calls.front()->reply.error().code == ErrorCode::cancelled);
}
