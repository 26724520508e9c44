#include "clients/pkcs11-module/certificate.h"

#include "base/openssl.h"
#include "clients/pkcs11-module/der_reader.h"

#include <openssl/ec.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

namespace sceau::pkcs11_module {

using base::Bytes;
using base::BytesView;
using base::Deleter;
using base::QuietErrors;

namespace {

using FreeMemory = decltype([](void* memory) { OPENSSL_free(memory); });

Bytes copy_of(BytesView view)
{
    return {view.begin(), view.end()};
}

// Returns the bytes of a positive INTEGER, or none for any other value.
Bytes magnitude(const std::optional<DerElement>& integer)
{
    if (!integer || integer->content.empty() || (integer->content[0] & 0x80) != 0)
        return {};
    return copy_of(integer->content.subspan(integer->content[0] == 0 ? 1 : 0));
}

int bits_of(const Bytes& number)
{
    return number.empty() ? 0 : static_cast<int>(8 * (number.size() - 1)) + static_cast<int>(std::bit_width(number[0]));
}

// The names of the usual curves in DER (SEC 2 §A.2.1). For others OpenSSL is asked, which first reads its
// configuration.
constexpr std::array<std::uint8_t, 10> kP256 = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 7> kP384 = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 7> kP521 = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};

int bits_of_curve(BytesView params)
{
    if (std::ranges::equal(params, kP256))
        return 256;
    if (std::ranges::equal(params, kP384))
        return 384;
    if (std::ranges::equal(params, kP521))
        return 521;
    const unsigned char* position = params.data();
    const std::unique_ptr<EC_GROUP, Deleter<EC_GROUP_free>> curve(
        d2i_ECPKParameters(nullptr, &position, static_cast<long>(params.size())));
    return curve ? EC_GROUP_order_bits(curve.get()) : 0;
}

Bytes octet_string(BytesView content)
{
    const std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>> string(ASN1_OCTET_STRING_new());
    unsigned char* der = nullptr;
    if (ASN1_OCTET_STRING_set(string.get(), content.data(), static_cast<int>(content.size())) != 1)
        return {};
    const int size = i2d_ASN1_OCTET_STRING(string.get(), &der);
    if (size <= 0)
        return {};
    const std::unique_ptr<unsigned char, FreeMemory> owner(der);
    return {der, der + size};
}

std::optional<PublicKey> rsa_key(BytesView der)
{
    DerReader key(der);
    const auto numbers = key.next(V_ASN1_SEQUENCE);
    if (!numbers)
        return std::nullopt;
    DerReader reader(numbers->content);
    PublicKey read;
    read.modulus = magnitude(reader.next(V_ASN1_INTEGER));
    read.exponent = magnitude(reader.next(V_ASN1_INTEGER));
    read.bits = bits_of(read.modulus);
    return read.modulus.empty() || read.exponent.empty() ? std::nullopt : std::optional(std::move(read));
}

std::optional<PublicKey> ec_key(BytesView params, BytesView point)
{
    PublicKey read;
    read.type = base::KeyType::ec;
    read.bits = bits_of_curve(params);
    read.params = copy_of(params);
    read.point = octet_string(point);
    return read.bits == 0 ? std::nullopt : std::optional(std::move(read));
}

// RFC 5280 §4.1.2.7, RFC 3279 §2.3.1 and §2.3.5.
std::optional<PublicKey> public_key_of(BytesView content_of_info)
{
    constexpr std::array<std::uint8_t, 9> kRsaEncryption = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
    constexpr std::array<std::uint8_t, 7> kEcPublicKey = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
    DerReader info(content_of_info);
    const auto algorithm = info.next(V_ASN1_SEQUENCE);
    const auto key = info.next(V_ASN1_BIT_STRING);
    if (!algorithm || !key || key->content.empty() || key->content[0] != 0)
        return std::nullopt;
    DerReader reader(algorithm->content);
    const auto name = reader.next(V_ASN1_OBJECT);
    const auto parameters = reader.next();
    if (name && std::ranges::equal(name->content, kRsaEncryption))
        return rsa_key(key->content.subspan(1));
    if (name && parameters && std::ranges::equal(name->content, kEcPublicKey))
        return ec_key(parameters->whole, key->content.subspan(1));
    return std::nullopt;
}

std::optional<std::string> utf8_of(const DerElement& text)
{
    const std::unique_ptr<ASN1_STRING, Deleter<ASN1_STRING_free>> string(ASN1_STRING_type_new(text.tag));
    unsigned char* utf8 = nullptr;
    if (!string || ASN1_STRING_set(string.get(), text.content.data(), static_cast<int>(text.content.size())) != 1)
        return std::nullopt;
    const int size = ASN1_STRING_to_UTF8(&utf8, string.get());
    const std::unique_ptr<unsigned char, FreeMemory> owner(utf8);
    if (size <= 0)
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
}

// Returns the first common name in the name (RFC 5280 §4.1.2.4).
std::optional<std::string> common_name_of(BytesView name)
{
    constexpr std::array<std::uint8_t, 3> kCommonName = {0x55, 0x04, 0x03};
    DerReader sets(name);
    while (const auto set = sets.next(V_ASN1_SET)) {
        DerReader attributes(set->content);
        while (const auto attribute = attributes.next(V_ASN1_SEQUENCE)) {
            DerReader reader(attribute->content);
            const auto type = reader.next(V_ASN1_OBJECT);
            const auto value = reader.next();
            if (type && value && std::ranges::equal(type->content, kCommonName))
                return utf8_of(*value);
        }
    }
    return std::nullopt;
}

std::string label_of(const DerElement& subject)
{
    if (auto common_name = common_name_of(subject.content))
        return *std::move(common_name);
    const unsigned char* position = subject.whole.data();
    const std::unique_ptr<X509_NAME, Deleter<X509_NAME_free>> name(
        d2i_X509_NAME(nullptr, &position, static_cast<long>(subject.whole.size())));
    if (!name)
        return "";
    const std::unique_ptr<char, FreeMemory> line(X509_NAME_oneline(name.get(), nullptr, 0));
    return line ? line.get() : "";
}

} // namespace

std::optional<Certificate> read_certificate(BytesView der, const std::optional<base::KeyId>& key)
{
    const QuietErrors quiet;
    DerReader file(der);
    const auto certificate = file.next(V_ASN1_SEQUENCE);
    if (!certificate || !file.at_end())
        return std::nullopt;
    const auto signed_part = DerReader(certificate->content).next(V_ASN1_SEQUENCE);
    if (!signed_part)
        return std::nullopt;
    DerReader fields(signed_part->content);
    auto serial_number = fields.next();
    if (serial_number && serial_number->tag == -1) // the element was the version
        serial_number = fields.next();
    const auto algorithm = fields.next(V_ASN1_SEQUENCE);
    const auto issuer = fields.next(V_ASN1_SEQUENCE);
    const auto validity = fields.next(V_ASN1_SEQUENCE);
    const auto subject = fields.next(V_ASN1_SEQUENCE);
    const auto public_key_info = fields.next(V_ASN1_SEQUENCE);
    if (!serial_number || serial_number->tag != V_ASN1_INTEGER || !algorithm || !issuer || !validity || !subject ||
        !public_key_info)
        return std::nullopt;
    return Certificate{.label = label_of(*subject),
                       .subject = copy_of(subject->whole),
                       .issuer = copy_of(issuer->whole),
                       .serial_number = copy_of(serial_number->whole),
                       .public_key_info = copy_of(public_key_info->whole),
                       .key = key ? *key : base::KeyId::of_public_key(public_key_info->whole),
                       .public_key = public_key_of(public_key_info->content)};
}

std::optional<Certificate> read_public_key(BytesView info, const std::string& label)
{
    DerReader file(info);
    const auto content = file.next(V_ASN1_SEQUENCE);
    if (!content || !file.at_end())
        return std::nullopt;
    return Certificate{.label = label,
                       .subject = {},
                       .issuer = {},
                       .serial_number = {},
                       .public_key_info = copy_of(info),
                       .key = base::KeyId::of_public_key(info),
                       .public_key = public_key_of(content->content)};
}

} // namespace sceau::pkcs11_module
