#include "clients/pkcs11-module/certificate.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <memory>

namespace sceau::pkcs11_module {

using base::Bytes;

namespace {

template <auto Free>
struct Deleter {
    void operator()(auto* pointer) const { Free(pointer); }
};
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

// The program that has loaded us may use OpenSSL too: its queue of errors is left as it was.
class QuietErrors {
  public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

template <auto Encode>
Bytes der_of(const auto* object)
{
    unsigned char* der = nullptr;
    const int size = Encode(object, &der);
    if (size <= 0)
        return {};
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

Bytes number(const EVP_PKEY* key, const char* name)
{
    BIGNUM* value = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &value) != 1)
        return {};
    const BignumPtr owner(value);
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, bytes.data());
    return bytes;
}

Bytes octet_string(const ASN1_BIT_STRING* content)
{
    const std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>> string(ASN1_OCTET_STRING_new());
    if (ASN1_OCTET_STRING_set(string.get(), ASN1_STRING_get0_data(content), ASN1_STRING_length(content)) != 1)
        return {};
    return der_of<i2d_ASN1_OCTET_STRING>(string.get());
}

std::optional<PublicKey> public_key_of(const X509* certificate)
{
    const EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr)
        return std::nullopt;
    PublicKey read{.bits = EVP_PKEY_get_bits(key), .modulus = {}, .exponent = {}, .params = {}, .point = {}};
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        read.modulus = number(key, OSSL_PKEY_PARAM_RSA_N);
        read.exponent = number(key, OSSL_PKEY_PARAM_RSA_E);
        return read;
    case EVP_PKEY_EC: {
        X509_ALGOR* algorithm = nullptr;
        X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &algorithm, X509_get_X509_PUBKEY(certificate));
        read.type = base::KeyType::ec;
        read.params = der_of<i2d_ASN1_TYPE>(algorithm->parameter);
        read.point = octet_string(X509_get0_pubkey_bitstr(certificate));
        return read;
    }
    default:
        return std::nullopt;
    }
}

std::string label_of(const X509_NAME* name)
{
    const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (index >= 0) {
        unsigned char* text = nullptr;
        const ASN1_STRING* common_name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
        const int size = ASN1_STRING_to_UTF8(&text, common_name);
        const std::unique_ptr<unsigned char, decltype([](unsigned char* p) { OPENSSL_free(p); })> owner(text);
        if (size > 0)
            return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
    }
    const std::unique_ptr<char, decltype([](char* p) { OPENSSL_free(p); })> line(X509_NAME_oneline(name, nullptr, 0));
    return line ? line.get() : "";
}

} // namespace

std::optional<Certificate> read_certificate(base::BytesView der)
{
    const QuietErrors quiet;
    const unsigned char* position = der.data();
    const X509Ptr certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
    if (!certificate || position != der.data() + der.size())
        return std::nullopt;
    Bytes public_key_info = der_of<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get()));
    return Certificate{.label = label_of(X509_get_subject_name(certificate.get())),
                       .subject = der_of<i2d_X509_NAME>(X509_get_subject_name(certificate.get())),
                       .issuer = der_of<i2d_X509_NAME>(X509_get_issuer_name(certificate.get())),
                       .serial_number = der_of<i2d_ASN1_INTEGER>(X509_get0_serialNumber(certificate.get())),
                       .public_key_info = public_key_info,
                       .key = base::KeyId::of_public_key(public_key_info),
                       .public_key = public_key_of(certificate.get())};
}

} // namespace sceau::pkcs11_module
