// Decrypt and Derive: who is asked and how often, what is kept and for how long, and what is returned.

#include "base/rsa_encoding.h"
#include "tests/unit/agent_bench.h"

#include <catch2/catch.hpp>
#include <openssl/rsa.h>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::Bytes;
using base::DecryptionScheme;
using base::ErrorCode;

namespace {

constexpr const char* kEncipherment = "critical,keyEncipherment";
constexpr const char* kAgreement = "critical,keyAgreement";

std::shared_ptr<MemoryToken> rsa_token(const char* key_usage = kEncipherment)
{
    return memory_token("Direction", "direction@example.org", "123456", new_rsa_key(2048), key_usage);
}

std::shared_ptr<MemoryToken> ec_token(const char* key_usage = kAgreement)
{
    return memory_token("Direction", "direction@example.org", "123456", {}, key_usage);
}

Bytes encrypted(const MemoryToken& token, DecryptionScheme scheme, const Bytes& message)
{
    EVP_PKEY* key = token.keys.front().holder->key.get();
    const mail::cms::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(key, nullptr));
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1);
    const auto encoded = base::encode_rsa_message(scheme, message, 256);
    Bytes ciphertext(256);
    std::size_t size = ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, encoded->data(), encoded->size()) == 1);
    return ciphertext;
}

ipc::Decrypt::Parameters decryption(const MemoryToken& token, DecryptionScheme scheme, Bytes ciphertext)
{
    return {.key = Bench::key_of(token), .scheme = scheme, .ciphertext = std::move(ciphertext), .terminal = {}};
}

Bytes plaintext_of(const base::Result<ipc::Reply>& reply)
{
    INFO((reply ? std::string() : reply.error().message));
    REQUIRE(reply);
    return std::get<ipc::Decrypt::Reply>(*reply).plaintext.value();
}

Bytes point_of(const MemoryToken& token)
{
    unsigned char* point = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(token.keys.front().holder->key.get(), &point);
    Bytes bytes(point, point + size);
    OPENSSL_free(point);
    return bytes;
}

const Bytes kMessage(32, 0x5a);

} // namespace

TEST_CASE("a message is decrypted for one PIN, and the dialog says what for")
{
    const PinentryScript person({"pin 123456"});
    const auto token = rsa_token();
    Bench bench({token});
    const auto scheme = GENERATE(DecryptionScheme::rsa_pkcs1, DecryptionScheme::rsa_oaep_sha1,
                                 DecryptionScheme::rsa_oaep_sha256, DecryptionScheme::rsa_oaep_sha512);
    CHECK(plaintext_of(bench.answer_to(decryption(*token, scheme, encrypted(*token, scheme, kMessage)))) == kMessage);
    CHECK(person.times_asked() == 1);
    CHECK(bench.calls.back()->stream.states() == std::vector<std::string>{"pin", "decrypting"});
    CHECK_THAT(person.log(), Catch::Contains("ABLE TO READ ALL OF A MESSAGE") && !Catch::Contains("SIGNED") &&
                                 !Catch::Contains("Digest"));
}

TEST_CASE("P6: the person is asked once for a message on one connection, and again on another connection")
{
    const PinentryScript person({"pin 123456", "pin 123456", "pin 123456"});
    const auto token = rsa_token();
    Bench bench({token});
    const auto request =
        decryption(*token, DecryptionScheme::rsa_pkcs1, encrypted(*token, DecryptionScheme::rsa_pkcs1, kMessage));
    for (int i = 0; i < 4; ++i)
        CHECK(plaintext_of(bench.answer_to(request)) == kMessage);
    CHECK(person.times_asked() == 1);

    SECTION("another message")
    {
        const Bytes other =
            // The padding is random, so the ciphertext differs.
            encrypted(*token, DecryptionScheme::rsa_pkcs1, kMessage);
        CHECK(plaintext_of(bench.answer_to(decryption(*token, DecryptionScheme::rsa_pkcs1, other))) == kMessage);
    }
    SECTION("the same bytes by another scheme")
    {
        CHECK(bench.answer_to(decryption(*token, DecryptionScheme::rsa_oaep_sha1, request.ciphertext))
                  .error()
                  .parameter == "ciphertext");
    }
    SECTION("another connection of the same program")
    {
        const std::shared_ptr<const void> other = std::make_shared<int>();
        bench.peer.connection = other;
        CHECK(plaintext_of(bench.answer_to(request)) == kMessage);
    }
    CHECK(person.times_asked() == 2);
    CHECK(token->logins == 2);
}

TEST_CASE("the person is asked once when the same message is requested twice at a time")
{
    const PinentryScript person({"pin 123456", "pin 123456"});
    const auto token = rsa_token();
    Bench bench({token});
    const auto request =
        decryption(*token, DecryptionScheme::rsa_pkcs1, encrypted(*token, DecryptionScheme::rsa_pkcs1, kMessage));
    bench.start(request);
    bench.start(request);
    bench.run_until([&] { return bench.calls[0]->done && bench.calls[1]->done; });
    CHECK(plaintext_of(bench.calls[0]->reply) == kMessage);
    CHECK(plaintext_of(bench.calls[1]->reply) == kMessage);
    CHECK(person.times_asked() == 1);
}

TEST_CASE("P6: a result is wiped when its connection is closed")
{
    asio::io_context context;
    const auto results = std::make_shared<KeptResults>();
    ipc::Peer peer;
    std::shared_ptr<const void> connection = std::make_shared<int>();
    peer.connection = connection;
    results->keep(peer, Bytes{1}, kMessage, context.get_executor());
    CHECK(results->find(peer, Bytes{1}, Clock::now()) == kMessage);
    CHECK_FALSE(results->find(peer, Bytes{1}, Clock::now() + KeptResults::kTime));
    CHECK_FALSE(results->find(peer, Bytes{2}, Clock::now()));
    connection.reset();
    CHECK_FALSE(results->find(peer, Bytes{1}, Clock::now()));
    context.run(); // ends when nothing is kept any more
    CHECK(results->empty());
}

TEST_CASE("P5: a wrong padding is answered like a right one")
{
    const PinentryScript person({"pin 123456"});
    const auto token = rsa_token();
    Bench bench({token});
    Bytes nonsense(256, 0x11);
    nonsense[0] = 0; // smaller than every modulus
    const auto reply = bench.answer_to(decryption(*token, DecryptionScheme::rsa_pkcs1, nonsense));
    CHECK(plaintext_of(reply).size() <= 256 - 11);
    CHECK(plaintext_of(bench.answer_to(decryption(*token, DecryptionScheme::rsa_pkcs1, nonsense))) ==
          plaintext_of(reply));
    CHECK(person.times_asked() == 1);
}

TEST_CASE("a secret is derived for one PIN")
{
    const PinentryScript person({"pin 123456", "pin 123456"});
    const auto token = ec_token();
    const auto other = ec_token();
    Bench bench({token});
    const ipc::Derive::Parameters request = {
        .key = Bench::key_of(*token), .public_key = point_of(*other), .terminal = {}};
    for (int i = 0; i < 2; ++i) {
        const auto reply = bench.answer_to(request);
        REQUIRE(reply);
        CHECK(std::get<ipc::Derive::Reply>(*reply).secret == derive(*other->keys.front().holder, point_of(*token)));
    }
    CHECK(person.times_asked() == 1);
}

TEST_CASE("an operation that the key is not for is refused before anyone is asked")
{
    const PinentryScript person({"pin 123456"});
    const auto signs_only = rsa_token("critical,digitalSignature");
    const auto rsa = rsa_token();
    const auto ec = ec_token();
    const auto decrypts = [](const std::shared_ptr<MemoryToken>& token, Bytes ciphertext) {
        return Bench({token}).answer_to(decryption(*token, DecryptionScheme::rsa_pkcs1, std::move(ciphertext))).error();
    };
    const auto derives = [](const std::shared_ptr<MemoryToken>& token, Bytes point) {
        return Bench({token})
            .answer_to(
                ipc::Derive::Parameters{.key = Bench::key_of(*token), .public_key = std::move(point), .terminal = {}})
            .error();
    };
    CHECK(decrypts(signs_only, Bytes(256, 1)).code == ErrorCode::not_permitted);
    CHECK(decrypts(ec, Bytes(256, 1)).code == ErrorCode::unsupported);
    CHECK(derives(rsa, point_of(*ec)).code == ErrorCode::unsupported);
    CHECK(derives(ec_token("critical,digitalSignature"), point_of(*ec)).code == ErrorCode::not_permitted);

    CHECK(decrypts(rsa, Bytes(255, 1)).parameter == "ciphertext");
    CHECK(decrypts(rsa, Bytes(256, 0xff)).parameter == "ciphertext"); // larger than every modulus
    Bytes off_the_curve = point_of(*ec);
    off_the_curve.back() ^= 1;
    CHECK(derives(ec, off_the_curve).parameter == "public_key");
    CHECK(derives(ec, Bytes{0}).parameter == "public_key");
    CHECK(derives(ec, {}).parameter == "public_key");
    Bytes compressed = point_of(*ec);
    compressed.resize(33);
    compressed.front() = 2;
    CHECK(derives(ec, compressed).parameter == "public_key");

    for (const auto& token : {rsa, ec})
        CHECK(Bench({token}).run(Bench({token}).request(*token)).error().code == ErrorCode::not_permitted);
    CHECK(person.times_asked() == 0);
    CHECK(rsa->workers + ec->workers + signs_only->workers == 0);
}

TEST_CASE("three cancelled decryptions are enough for a minute")
{
    const PinentryScript person({"cancel", "cancel", "cancel", "pin 123456"});
    const auto token = rsa_token();
    Bench bench({token});
    const auto request =
        decryption(*token, DecryptionScheme::rsa_pkcs1, encrypted(*token, DecryptionScheme::rsa_pkcs1, kMessage));
    for (int i = 0; i < 3; ++i)
        CHECK(bench.answer_to(request).error().code == ErrorCode::cancelled);
    CHECK(bench.answer_to(request).error().code == ErrorCode::not_permitted);
    CHECK(person.times_asked() == 3);
}

TEST_CASE("a policy against blind signatures does not prevent decryption")
{
    const PinentryScript person({"pin 123456"});
    const auto token = rsa_token();
    Config config;
    config.blind = Blind::deny;
    Bench bench({token}, std::move(config));
    const auto scheme = DecryptionScheme::rsa_pkcs1;
    CHECK(plaintext_of(bench.answer_to(decryption(*token, scheme, encrypted(*token, scheme, kMessage)))) == kMessage);
}
