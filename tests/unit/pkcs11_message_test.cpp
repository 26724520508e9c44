#include "base/channel.h"
#include "pkcs11/message.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace sceau;
using namespace sceau::pkcs11;
using base::Bytes;
using base::ErrorCode;

namespace {

const TokenIdentity kIdentity = {
    .label = "Clé de la direction", .serial = "770c77dcf98a46ba", .manufacturer = "SoftHSM project", .model = "v2"};

template <class Kind>
Kind round_trip(const Kind& message)
{
    const auto parsed = parse_message(encode(Message(message)));
    REQUIRE(parsed);
    REQUIRE(std::holds_alternative<Kind>(*parsed));
    return std::get<Kind>(*parsed);
}

} // namespace

TEST_CASE("every report is read as it was written")
{
    const Token token = {
        .identity = kIdentity, .reader = "Reader 00 00", .removable = true, .pin = {.low = true}, .certificates = {}};
    CHECK(round_trip(token) == token);
    const Certificate certificate = {.cka_id = {1, 2}, .der = Bytes(kCertificateLimit, 0x30)};
    CHECK(round_trip(certificate) == certificate);
    const KeyObject key = {.cka_id = {1, 2}, .label = "Clé", .public_key = Bytes(kPublicKeyLimit, 0x30)};
    CHECK(round_trip(key) == key);
    CHECK(round_trip(DiscoveryEnd{"C_OpenSession: CKR_DEVICE_ERROR"}).incomplete == "C_OpenSession: CKR_DEVICE_ERROR");
    const PinState pin{.final_try = true, .pad = true, .to_be_changed = true, .shortest = 4, .longest = 8};
    CHECK(round_trip(Ready{pin}).pin == pin);
    CHECK(round_trip(Performed{{1, 2, 3}}).output == Bytes{1, 2, 3});
    round_trip(CardReset{});
    const Readers readers = {
        .service = true, .readers = {{.name = "Reader 00 00", .card = true, .events = 4}, {.name = "", .events = 0}}};
    CHECK(round_trip(readers) == readers);
    for (const auto& error : {base::pin_incorrect(1), base::pin_incorrect(std::nullopt), base::pin_locked("locked"),
                              base::token_absent("absent"), base::key_not_found("no key"), base::unsupported("no"),
                              base::cancelled("at the reader"), base::token_failed("C_Sign: CKR_DEVICE_ERROR"),
                              base::pin_to_be_changed("C_Login: CKR_PIN_EXPIRED"), base::busy("somebody else")})
        CHECK(round_trip(Failed{error}).error == error);
}

TEST_CASE("every task is read as it was written")
{
    const auto discover = parse_task(encode(Task(DiscoverTask{{"Reader 00 00"}, "/cache"})));
    REQUIRE(discover);
    CHECK(std::get<DiscoverTask>(*discover).busy_readers == std::vector<std::string>{"Reader 00 00"});
    const auto reset = parse_task(encode(Task(ResetTask{"Reader 00 00"})));
    REQUIRE(reset);
    CHECK(std::get<ResetTask>(*reset).reader == "Reader 00 00");
    const auto monitor = parse_task(encode(Task(MonitorTask{"/cache"})));
    REQUIRE(monitor);
    CHECK(std::get<MonitorTask>(*monitor).certificate_cache == "/cache");

    const auto scheme = base::Scheme::rsa_pss_rsae_sha384;
    const auto digest = *base::Digest::for_scheme(scheme, Bytes(48, 7));
    KeyTask task = {.token = kIdentity,
                    .slot = "Reader 00 00",
                    .reader = "Reader 00 00",
                    .cka_id = {0xff, 0},
                    .public_key = {0x30, 0},
                    .operation = Signature{.scheme = scheme, .digest = digest},
                    .after = AfterLogin::leave,
                    .certificate_cache = "/cache"};
    const auto parsed = parse_task(encode(Task(task)));
    REQUIRE(parsed);
    const auto& sign = std::get<KeyTask>(*parsed);
    CHECK(sign.token == task.token);
    CHECK(sign.slot == task.slot);
    CHECK(sign.reader == task.reader);
    CHECK(sign.public_key == task.public_key);
    CHECK(sign.after == task.after);
    CHECK(sign.certificate_cache == task.certificate_cache);
    CHECK(sign.cka_id == task.cka_id);
    const auto& signature = std::get<Signature>(sign.operation);
    CHECK(signature.scheme == scheme);
    CHECK(std::ranges::equal(signature.digest.bytes(), digest.bytes()));

    task.operation = Decryption{.scheme = base::DecryptionScheme::rsa_oaep_sha256, .ciphertext = Bytes(256, 9)};
    const auto decrypt = parse_task(encode(Task(task)));
    REQUIRE(decrypt);
    const auto& decryption = std::get<Decryption>(std::get<KeyTask>(*decrypt).operation);
    CHECK(decryption.scheme == base::DecryptionScheme::rsa_oaep_sha256);
    CHECK(decryption.ciphertext == Bytes(256, 9));

    task.operation = Derivation{Bytes(65, 4)};
    const auto derive = parse_task(encode(Task(task)));
    REQUIRE(derive);
    CHECK(std::get<Derivation>(std::get<KeyTask>(*derive).operation).public_key == Bytes(65, 4));
}

TEST_CASE("a report is refused for anything that is missing, unknown, too long or of another type")
{
    const auto* packet = GENERATE(
        "", "null", "[]", "{}", R"({"performed":{}})", R"({"performed":null})", R"({"other":{}})", R"({"performed":1})",
        R"({"reset":{},"discovered":{"incomplete":""}})", R"({"performed":{"output":""}})",
        R"({"performed":{"output":"AQ"}})", R"({"performed":{"output":[1]}})",
        R"({"performed":{"output":"AQI=","more":1}})", R"({"performed":{"output":"AQI=","output":"AQI="}})",
        R"({"discovered":{}})", R"({"discovered":{"incomplete":"","tokens":[]}})", R"({"discovered":{"incomplete":1}})",
        R"({"ready":{"pin":{"low":0,"final_try":false,"locked":false,"pad":false,"to_be_changed":false,)"
        R"("not_set":false,"shortest":4,"longest":8}}})",
        R"({"ready":{"pin":{"low":false,"final_try":false,"locked":false,"pad":false,"to_be_changed":false,)"
        R"("shortest":4,"longest":8}}})",
        R"({"ready":{"pin":{"low":false,"final_try":false,"locked":false,"pad":false,"to_be_changed":false,)"
        R"("not_set":false,"shortest":256,"longest":8}}})",
        R"({"ready":{"pin":{"low":false,"final_try":false,"locked":false,"pad":false,"to_be_changed":false,)"
        R"("not_set":false,"shortest":4,"longest":8,"tries":3}}})",
        R"({"certificate":{"cka_id":"","der":"MAA="}})", R"({"failed":{"code":"internal","message":""}})",
        R"({"failed":{"code":"pin_incorrect","message":"","tries_left":-1}})",
        R"({"failed":{"code":"pin_incorrect","message":"","tries_left":256}})",
        R"({"failed":{"code":"pin_incorrect","message":"","tries_left":1.5}})",
        R"({"readers":{"service":true,"readers":"Reader"}})", R"({"readers":{"service":true,"readers":["Reader"]}})",
        R"({"readers":{"service":true,"readers":[{"name":"Reader","card":2,"events":1}]}})",
        R"({"readers":{"service":true,"readers":[{"name":"Reader","card":true,"events":-1}]}})",
        R"({"readers":{"service":true,"readers":[{"name":"Reader","card":true,"events":4294967296}]}})",
        R"({"readers":{"service":true,"readers":[{"card":true,"events":1}]}})", R"({"reset":{}}{"reset":{}})",
        R"({"reset":{"a":[[[[[[[[1]]]]]]]]}})", "{\"discovered\":{\"incomplete\":\"\xff\"}}");
    const auto report = parse_message(packet);
    REQUIRE_FALSE(report);
    CHECK(report.error().code == ErrorCode::token_failed);
}

TEST_CASE("sizes over their limits are refused")
{
    const auto too_long = [](const Message& message) { return !parse_message(encode(message)); };
    CHECK(too_long(Certificate{.cka_id = {1}, .der = Bytes(kCertificateLimit + 1)}));
    CHECK(too_long(Certificate{.cka_id = Bytes(kCkaIdLimit + 1), .der = {1}}));
    CHECK(too_long(Performed{Bytes(2049)}));
    CHECK(too_long(Readers{.service = true, .readers = std::vector<Reader>(kReaderLimit + 1)}));
    CHECK(too_long(Readers{.service = true, .readers = {{.name = std::string(257, 'x')}}}));
    CHECK_FALSE(parse_message(R"({"discovered":{"incomplete":""}})" + std::string(base::kPacketLimit, ' ')));
    CHECK(too_long(Token{.identity = kIdentity, .reader = std::string(257, 'x'), .pin = {}, .certificates = {}}));
    const Failed wordy = round_trip(Failed{base::token_failed(std::string(100'000, 'x'))});
    CHECK(wordy.error.message.size() == 512);
}

TEST_CASE("a digest that does not fit its scheme is refused")
{
    KeyTask task = {.token = kIdentity,
                    .slot = "Reader 00 00",
                    .reader = {},
                    .cka_id = {1},
                    .public_key = {0x30, 0},
                    .operation =
                        Signature{.scheme = base::Scheme::rsa_pkcs1_sha256,
                                  .digest = *base::Digest::for_scheme(base::Scheme::rsa_pkcs1_sha256, Bytes(32, 7))},
                    .after = AfterLogin::reset,
                    .certificate_cache = {}};
    std::string packet = encode(Task(task));
    REQUIRE(parse_task(packet));
    packet.replace(packet.find("rsa_pkcs1_sha256"), 16, "rsa_pkcs1_sha512");
    CHECK_FALSE(parse_task(packet));
}

TEST_CASE("a failure that no task can have is reported as the worker's own")
{
    CHECK(round_trip(Failed{base::internal("no memory for a secret")}).error ==
          base::token_failed("no memory for a secret"));
}

TEST_CASE("text that is not UTF-8 is written as valid UTF-8")
{
    CHECK(round_trip(Failed{base::token_failed("caf\xe9")}).error.message == "caf\uFFFD");
}

TEST_CASE("the seeds of the report fuzzer are all refused or read without harm")
{
    int seeds = 0;
    for (const auto& entry : std::filesystem::directory_iterator(SCEAU_SOURCE_DIR "/tests/fuzz/corpus/worker_report")) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string packet((std::istreambuf_iterator<char>(file)), {});
        const bool good = entry.path().filename().string().starts_with("good");
        CHECK(parse_message(packet).has_value() == good);
        ++seeds;
    }
    CHECK(seeds > 0);
}
