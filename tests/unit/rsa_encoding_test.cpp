#include "base/rsa_encoding.h"

#include <catch2/catch.hpp>

#include <set>

using namespace sceau;
using namespace sceau::base;

namespace {

constexpr std::size_t kSize = 256; // bytes: RSA-2048
const KeyId kKey = KeyId::of_public_key(as_bytes("a key"));

Bytes some_bytes(std::size_t size, std::uint8_t first = 1)
{
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(first + i);
    return bytes;
}

/// 00 02, padding, 00, the message.
Bytes pkcs1(std::size_t padding, const Bytes& message)
{
    Bytes encoded = {0, 2};
    encoded.insert(encoded.end(), padding, 0xff);
    encoded.push_back(0);
    encoded.insert(encoded.end(), message.begin(), message.end());
    encoded.resize(kSize, 0);
    return encoded;
}

} // namespace

TEST_CASE("what is encoded is decoded, of every length that fits")
{
    const auto rejection = ImplicitRejection::create();
    for (const DecryptionSchemeTraits& scheme : kDecryptionSchemes) {
        for (const std::size_t length :
             {std::size_t{0}, std::size_t{1}, std::size_t{16}, std::size_t{32}, std::size_t{126}}) {
            INFO(scheme.name << " " << length);
            const Bytes message = some_bytes(length);
            const auto encoded = encode_rsa_message(scheme.scheme, message, kSize);
            REQUIRE(encoded);
            REQUIRE(encoded->size() == kSize);
            if (scheme.oaep_hash != nullptr)
                CHECK(decode_oaep(scheme.scheme, *encoded) == message);
            else
                CHECK(rejection->decode(*encoded, some_bytes(kSize), kKey) == message);
        }
        CHECK(encode_rsa_message(scheme.scheme, some_bytes(kSize - 10), kSize).error().code == ErrorCode::internal);
    }
}

TEST_CASE("P5: an OAEP encoding that is wrong anywhere is refused")
{
    const auto encoded = *encode_rsa_message(DecryptionScheme::rsa_oaep_sha256, some_bytes(32), kSize);
    for (std::size_t i = 0; i < kSize; i += 5) {
        Bytes wrong = encoded;
        wrong[i] ^= 1;
        CHECK_FALSE(decode_oaep(DecryptionScheme::rsa_oaep_sha256, wrong));
    }
    CHECK_FALSE(decode_oaep(DecryptionScheme::rsa_oaep_sha1, encoded));
}

TEST_CASE("the shortest padding is right and a shorter one is wrong")
{
    const auto rejection = ImplicitRejection::create();
    const Bytes message = some_bytes(kSize - 11);
    CHECK(rejection->decode(pkcs1(8, message), some_bytes(kSize), kKey) == message);
    const Bytes longer = some_bytes(kSize - 10);
    CHECK(rejection->decode(pkcs1(7, longer), some_bytes(kSize), kKey) != longer);
}

TEST_CASE("P5: a wrong PKCS 1 padding has the same made-up answer each time, another for another ciphertext and agent")
{
    const auto rejection = ImplicitRejection::create();
    const Bytes message = some_bytes(32);
    Bytes other_start = pkcs1(100, message);
    other_start[0] = 1;
    Bytes signature_block = pkcs1(100, message);
    signature_block[1] = 1;
    const Bytes no_separator = [] {
        Bytes encoded(kSize, 0xff);
        encoded[0] = 0;
        encoded[1] = 2;
        return encoded;
    }();
    for (const Bytes& wrong : {other_start, signature_block, no_separator, pkcs1(0, message), Bytes(kSize, 0)}) {
        const Bytes answer = rejection->decode(wrong, some_bytes(kSize), kKey);
        CHECK(answer.size() <= kSize - 11);
        CHECK(answer == rejection->decode(other_start, some_bytes(kSize), kKey)); // the same answer, whatever is wrong
        CHECK(answer != rejection->decode(wrong, some_bytes(kSize, 2), kKey));
        CHECK(answer != ImplicitRejection::create()->decode(wrong, some_bytes(kSize), kKey));
    }
}

TEST_CASE("P5: a wrong PKCS 1 padding has a different made-up answer under each key, as a right one would")
{
    const auto rejection = ImplicitRejection::create();
    const Bytes wrong(kSize, 0);
    std::set<Bytes> answers;
    for (const std::string_view name : {"the key of last year", "the key of this year", "somebody else's"})
        answers.insert(rejection->decode(wrong, some_bytes(kSize), KeyId::of_public_key(as_bytes(name))));
    CHECK(answers.size() == 3);
}

TEST_CASE("made-up answers are of many lengths, as right ones may be")
{
    const auto rejection = ImplicitRejection::create();
    std::set<std::size_t> lengths;
    for (std::uint8_t first = 0; first < 200; ++first)
        lengths.insert(rejection->decode(Bytes(kSize, 0), some_bytes(kSize, first), kKey).size());
    CHECK(lengths.size() > 50);
    CHECK(*lengths.rbegin() > 200);
}
