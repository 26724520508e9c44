#include "base/rsa_encoding.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>

// OpenSSL 3 undoes a padding through EVP only together with the private key's operation, which the token has already
// done.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sceau::base {

namespace {

constexpr std::uint32_t kShortestPadding = 8; // RFC 8017 §7.2.1
constexpr std::size_t kLengthCandidates = 128;

using Mac = std::array<std::uint8_t, 32>;

Mac hmac(BytesView key, BytesView data)
{
    Mac mac{};
    unsigned size = mac.size();
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), mac.data(), &size);
    return mac;
}

/// Returns `size` bytes: HMACs of a counter and the label.
Bytes expand(const Mac& key, std::string_view label, std::size_t size)
{
    Bytes bytes;
    for (std::uint16_t counter = 0; bytes.size() < size; ++counter) {
        Bytes input = {static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter & 0xff)};
        std::ranges::copy(as_bytes(label), std::back_inserter(input));
        std::ranges::copy(hmac(key, input), std::back_inserter(bytes));
    }
    bytes.resize(size);
    return bytes;
}

// Masks replace branches: all ones for true, zero for false.
using Mask = std::uint32_t;

Mask is_less(std::uint32_t one, std::uint32_t other) // both below 2^31
{
    return 0U - ((one - other) >> 31);
}

Mask is_zero(std::uint32_t value) // below 2^31
{
    return is_less(value, 1);
}

std::uint32_t select(Mask mask, std::uint32_t yes, std::uint32_t no)
{
    return (mask & yes) | (~mask & no);
}

/// Returns the last of many candidates that is a possible length of a message.
std::uint32_t synthetic_length(const Mac& key, std::uint32_t longest)
{
    std::uint32_t bits = 1;
    while (bits <= longest) // the length of the modulus is not secret
        bits <<= 1;
    const Bytes candidates = expand(key, "length", 2 * kLengthCandidates);
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < candidates.size(); i += 2) {
        const std::uint32_t candidate = (std::uint32_t{candidates[i]} << 8U | candidates[i + 1]) & (bits - 1);
        length = select(is_less(candidate, longest + 1), candidate, length);
    }
    return length;
}

} // namespace

Result<Bytes> encode_rsa_message(DecryptionScheme scheme, BytesView message, std::size_t size)
{
    Bytes encoded(size);
    const auto length = static_cast<int>(size);
    const auto message_length = static_cast<int>(message.size());
    const char* oaep_hash = traits(scheme).oaep_hash;
    const int done = oaep_hash == nullptr
                         ? RSA_padding_add_PKCS1_type_2(encoded.data(), length, message.data(), message_length)
                         : RSA_padding_add_PKCS1_OAEP_mgf1(encoded.data(), length, message.data(), message_length,
                                                           nullptr, 0, EVP_get_digestbyname(oaep_hash), nullptr);
    if (done != 1)
        return std::unexpected(internal("a message is too long for its RSA key"));
    return encoded;
}

std::optional<Bytes> decode_oaep(DecryptionScheme scheme, BytesView encoded)
{
    Bytes message(encoded.size());
    const auto size = static_cast<int>(encoded.size());
    const int length = RSA_padding_check_PKCS1_OAEP_mgf1(message.data(), size, encoded.data(), size, size, nullptr, 0,
                                                         EVP_get_digestbyname(traits(scheme).oaep_hash), nullptr);
    if (length < 0)
        return std::nullopt;
    message.resize(static_cast<std::size_t>(length));
    return message;
}

Result<ImplicitRejection> ImplicitRejection::create()
{
    ImplicitRejection rejection;
    if (RAND_priv_bytes(rejection.secret_.data(), static_cast<int>(rejection.secret_.size())) != 1)
        return std::unexpected(internal("no random numbers"));
    return rejection;
}

Bytes ImplicitRejection::decode(BytesView encoded, BytesView ciphertext, const KeyId& key) const
{
    const auto size = static_cast<std::uint32_t>(encoded.size());
    const Mac seed = hmac(hmac(secret_, key.bytes()), ciphertext);
    const std::uint32_t synthetic_start = size - synthetic_length(seed, size - kShortestPadding - 3);
    const Bytes synthetic = expand(seed, "message", size);

    Mask right = is_zero(encoded[0]) & is_zero(encoded[1] ^ 2U);
    std::uint32_t separator = 0; // the first zero after the two; 0 if there is none
    for (std::uint32_t i = 2; i < size; ++i)
        separator = select(is_zero(encoded[i]) & is_zero(separator), i, separator);
    right &= is_less(kShortestPadding + 1, separator);

    const std::uint32_t start = select(right, separator + 1, synthetic_start);
    Bytes message;
    message.reserve(size);
    for (std::uint32_t i = start; i < size; ++i)
        message.push_back(static_cast<std::uint8_t>(select(right, encoded[i], synthetic[i])));
    return message;
}

} // namespace sceau::base
