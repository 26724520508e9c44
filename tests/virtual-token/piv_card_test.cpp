// The PIV card on its own, against the requirements of SP 800-73-4.
#include "tests/virtual-token/piv_card.h"
#include "tests/virtual-token/piv_commands.h"
#include "tests/virtual-token/tlv.h"

#include <catch2/catch.hpp>
#include <openssl/rsa.h>

using namespace sceau;
using namespace sceau::test;

namespace {

constexpr auto k9A = PivSlot::authentication;
constexpr auto k9C = PivSlot::signature;
constexpr auto k9D = PivSlot::key_management;

struct Answer {
    base::Bytes data;
    unsigned sw = 0;
};

/// Sends the commands, fetches answers that wait, and returns the last command's answer.
Answer send(PivCard& card, const std::vector<base::Bytes>& commands)
{
    Answer answer;
    for (const base::Bytes& command : commands) {
        Response response = card.answer(command);
        answer = {.data = response.data, .sw = response.sw};
    }
    while (answer.sw >> 8 == 0x61) {
        const Response more = card.answer(get_response());
        answer.data.insert(answer.data.end(), more.data.begin(), more.data.end());
        answer.sw = more.sw;
    }
    return answer;
}

Answer send(PivCard& card, const base::Bytes& command)
{
    return send(card, std::vector<base::Bytes>{command});
}

unsigned sw(PivCard& card, const base::Bytes& command)
{
    return send(card, command).sw;
}

unsigned sign_sw(PivCard& card, PivSlot slot, std::uint8_t algorithm)
{
    return send(card, answer_challenge(slot, algorithm, challenge_for(algorithm))).sw;
}

/// Returns the contents of 7C 82.
base::Bytes result_of(const Answer& answer)
{
    return parse_tlvs(parse_tlvs(answer.data).value().at(0x7c)).value().at(0x82);
}

struct PkeyContextDeleter {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, PkeyContextDeleter>;

bool ecdsa_holds(const std::string& key_name, const base::Bytes& hash, const base::Bytes& signature)
{
    const Key key = read_key(key_name);
    const PkeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
    return EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), hash.size()) == 1;
}

base::Bytes rsa_public_operation(const base::Bytes& block)
{
    const Key key = read_key("rsa2048");
    const PkeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
    base::Bytes result(256);
    std::size_t size = result.size();
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1);
    REQUIRE(EVP_PKEY_encrypt(context.get(), result.data(), &size, block.data(), block.size()) == 1);
    return result;
}

base::Bytes public_point(const Key& key)
{
    unsigned char* bytes = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(key.get(), &bytes);
    const base::Bytes point(bytes, bytes + size);
    OPENSSL_free(bytes);
    return point;
}

CardProfile card_with(PivSlot slot, const std::string& key)
{
    CardProfile profile;
    profile.keys = {{slot, {.key = key}}};
    return profile;
}

} // namespace

TEST_CASE("9C does not sign without a PIN")
{
    PivCard card({});
    CHECK(sign_sw(card, k9C, kRsa2048) == 0x6982);
}

TEST_CASE("9C signs once for each PIN")
{
    PivCard card({});
    CHECK(sw(card, verify("123456")) == 0x9000);
    CHECK(sign_sw(card, k9C, kRsa2048) == 0x9000);
    CHECK(sign_sw(card, k9C, kRsa2048) == 0x6982);
    CHECK(sw(card, verify("123456")) == 0x9000);
    CHECK(sign_sw(card, k9C, kRsa2048) == 0x9000);
}

TEST_CASE("no command may come between the PIN and the signature with 9C")
{
    const base::Bytes between = GENERATE(get_data("7e"), verify_query(), select_piv(), get_response(),
                                         base::Bytes{0, 0xfd, 0, 0}, base::Bytes{0x80, 0xca, 0, 0}, base::Bytes{0});
    PivCard card({});
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    card.answer(between);
    CHECK(sign_sw(card, k9C, kRsa2048) == 0x6982);
}

TEST_CASE("nothing comes between the parts of a signature with 9C")
{
    PivCard card({});
    const auto parts = answer_challenge(k9C, kRsa2048, challenge_for(kRsa2048));
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    card.answer(parts.front());
    card.answer(get_data("7e"));
    CHECK(card.answer(parts.back()).sw != 0x9000);
    CHECK(sign_sw(card, k9C, kRsa2048) == 0x6982);
}

TEST_CASE("9A and 9D work from one PIN to the next reset")
{
    PivCard card({});
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    for (int round = 0; round < 3; ++round) {
        CHECK(sign_sw(card, k9A, kP256) == 0x9000);
        CHECK(sign_sw(card, k9D, kRsa2048) == 0x9000);
    }
    card.reset();
    CHECK(sign_sw(card, k9A, kP256) == 0x6982);
    CHECK(sign_sw(card, k9D, kRsa2048) == 0x6982);
}

TEST_CASE("a reset forgets the PIN, a chain begun and an answer not fetched")
{
    PivCard card({});
    const auto parts = answer_challenge(k9A, kP256, challenge_for(kP256));
    base::Bytes begun = parts.front();
    begun[0] = 0x10;
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    REQUIRE(card.answer(get_data("5fc105")).sw >> 8 == 0x61);
    card.reset();
    CHECK(sw(card, get_response()) == 0x6985);
    REQUIRE(sw(card, begun) == 0x9000);
    card.reset();
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    CHECK(sign_sw(card, k9A, kP256) == 0x9000);
}

TEST_CASE("wrong PINs count down until the PIN is blocked, and the right one starts the count again")
{
    PivCard card({});
    CHECK(sw(card, verify_query()) == 0x63c3);
    CHECK(sw(card, verify("000000")) == 0x63c2);
    CHECK(sw(card, verify_query()) == 0x63c2);
    CHECK(sw(card, verify("123456")) == 0x9000);
    CHECK(card.pin_tries_left() == 3);
    CHECK(sw(card, verify("000000")) == 0x63c2);
    CHECK(sw(card, verify("000000")) == 0x63c1);
    CHECK(sw(card, verify("000000")) == 0x63c0);
    CHECK(sw(card, verify("123456")) == 0x6983);
    CHECK(sw(card, verify_query()) == 0x6983);
}

TEST_CASE("a wrong PIN takes away what the right one gave")
{
    PivCard card({});
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    REQUIRE(sw(card, verify("000000")) == 0x63c2);
    CHECK(sign_sw(card, k9A, kP256) == 0x6982);
}

TEST_CASE("the PUK gives a new PIN, and its tries are counted too")
{
    PivCard card({});
    for (int round = 0; round < 3; ++round)
        card.answer(verify("000000"));
    CHECK(sw(card, reset_retry_counter("00000000", "654321")) == 0x63c2);
    CHECK(sw(card, verify("123456")) == 0x6983);
    CHECK(sw(card, reset_retry_counter("12345678", "654321")) == 0x9000);
    CHECK(sw(card, verify_query()) == 0x63c3);
    CHECK(sw(card, verify("654321")) == 0x9000);
    for (int round = 0; round < 3; ++round)
        card.answer(reset_retry_counter("00000000", "654321"));
    CHECK(sw(card, reset_retry_counter("12345678", "123456")) == 0x6983);
}

TEST_CASE("a value that cannot be a PIN costs no try")
{
    PivCard card({});
    CHECK(sw(card, verify("12345")) == 0x6a80);
    CHECK(sw(card, verify("12345a")) == 0x6a80);
    CHECK(sw(card, base::Bytes{0, 0x20, 0, 0x80, 4, '1', '2', '3', '4'}) == 0x6a80);
    CHECK(card.pin_tries_left() == 3);
}

TEST_CASE("a VERIFY without data reports the state, and one with P1 FF logs out")
{
    PivCard card({});
    CHECK(sw(card, verify_query()) == 0x63c3);
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    CHECK(sw(card, verify_query()) == 0x9000);
    CHECK(sw(card, log_out()) == 0x9000);
    CHECK(sw(card, verify_query()) == 0x63c3);
    CHECK(sign_sw(card, k9A, kP256) == 0x6982);
}

TEST_CASE("whoever knows the PIN can change it")
{
    PivCard card({});
    const auto change = [](const std::string& from, const std::string& to) {
        base::Bytes command = reset_retry_counter(from, to);
        command[1] = ins::kChangeReferenceData;
        return command;
    };
    CHECK(sw(card, change("000000", "654321")) == 0x63c2);
    CHECK(sw(card, change("123456", "654321")) == 0x9000);
    CHECK(sw(card, verify("654321")) == 0x9000);
}

TEST_CASE("certificates come in parts of at most 256 bytes, as many as were asked for")
{
    PivCard card({});
    const Response first = card.answer(get_data("5fc10a"));
    CHECK(first.data.size() == 256);
    CHECK(first.sw >> 8 == 0x61);
    const Response second = card.answer(get_response(10));
    CHECK(second.data.size() == 10);
    const Answer all = send(card, get_data("5fc10a"));
    CHECK(all.sw == 0x9000);
    CHECK(parse_tlvs(parse_tlvs(all.data).value().at(0x53)).value().at(0x70) == card.certificate(k9C));
}

TEST_CASE("an EC key signs a hash")
{
    const auto [name, algorithm] = GENERATE(table<std::string, std::uint8_t>({{"p256", kP256}, {"p384", kP384}}));
    const PivSlot slot = GENERATE(k9A, k9C, k9D);
    PivCard card(card_with(slot, name));
    const base::Bytes hash = challenge_for(algorithm);
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    const Answer answer = send(card, answer_challenge(slot, algorithm, hash));
    REQUIRE(answer.sw == 0x9000);
    CHECK(ecdsa_holds(name, hash, result_of(answer)));
}

TEST_CASE("an RSA key does the private operation, for signature and for decipherment")
{
    const PivSlot slot = GENERATE(k9A, k9C, k9D);
    PivCard card(card_with(slot, "rsa2048"));
    const base::Bytes block = challenge_for(kRsa2048);
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    const Answer answer = send(card, answer_challenge(slot, kRsa2048, block));
    REQUIRE(answer.sw == 0x9000);
    CHECK(rsa_public_operation(result_of(answer)) == block);
}

TEST_CASE("9D agrees on a secret with another EC key")
{
    const auto [name, algorithm, group] =
        GENERATE(table<std::string, std::uint8_t, std::string>({{"p256", kP256, "P-256"}, {"p384", kP384, "P-384"}}));
    PivCard card(card_with(k9D, name));
    const Key other(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group.c_str()));
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    const Answer answer = send(card, agree(k9D, algorithm, public_point(other)));
    REQUIRE(answer.sw == 0x9000);

    const Key ours = read_key(name);
    const PkeyContext context(EVP_PKEY_CTX_new(other.get(), nullptr));
    base::Bytes secret(66);
    std::size_t size = secret.size();
    REQUIRE(EVP_PKEY_derive_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_derive_set_peer(context.get(), ours.get()) == 1);
    REQUIRE(EVP_PKEY_derive(context.get(), secret.data(), &size) == 1);
    secret.resize(size);
    CHECK(result_of(answer) == secret);
}

TEST_CASE("commands that the card does not know get the standard's status")
{
    PivCard card({});
    CHECK(sw(card, {0x00, 0xfd, 0x00, 0x00}) == 0x6d00);
    CHECK(sw(card, {0x80, 0xcb, 0x3f, 0xff}) == 0x6e00);
    CHECK(sw(card, {0x00, 0xcb}) == 0x6700);
    CHECK(sw(card, get_data("5fc10c")) == 0x6a82);
    CHECK(sw(card, {0x00, 0xa4, 0x04, 0x00, 0x05, 0xa0, 0x00, 0x00, 0x00, 0x01}) == 0x6a82);
    CHECK(sw(card, {0x00, 0x20, 0x00, 0x00}) == 0x6a88);
    REQUIRE(sw(card, verify("123456")) == 0x9000);
    CHECK(sign_sw(card, k9A, kRsa2048) == 0x6a86);
    CHECK(send(card, agree(k9A, kP256, public_point(read_key("p256")))).sw == 0x6a80);
    CHECK(send(card, answer_challenge(k9A, kP256, base::Bytes(33, 1))).sw == 0x6a80);
    CHECK(send(card, answer_challenge(k9D, kRsa2048, base::Bytes(255, 1))).sw == 0x6a80);
}

TEST_CASE("a card names itself by its GUID")
{
    CardProfile profile;
    profile.guid.back() = 7;
    PivCard card(profile);
    const Answer answer = send(card, get_data("5fc102"));
    CHECK(parse_tlvs(parse_tlvs(answer.data).value().at(0x53)).value().at(0x34) == profile.guid);
}
