#include "tests/support/pki.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>

namespace sceau::test {

using namespace mail::cms;

namespace {

void require(bool condition, const char* what)
{
    if (!condition)
        throw std::runtime_error(what);
}

/// Makes extensions from "name=value" as in OpenSSL's configuration, and passes each to `add`, which copies it.
template <class Add>
void add_extensions(X509V3_CTX& context, const std::vector<std::string>& extensions, const Add& add)
{
    X509V3_set_ctx_nodb(&context);
    for (const std::string& extension : extensions) {
        const auto equals = extension.find('=');
        X509_EXTENSION* made = X509V3_EXT_conf(nullptr, &context, extension.substr(0, equals).c_str(),
                                               extension.substr(equals + 1).c_str());
        require(made != nullptr, extension.c_str());
        add(made);
        X509_EXTENSION_free(made);
    }
}

void add_extensions(X509* certificate, const X509* issuer, const std::vector<std::string>& extensions)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, const_cast<X509*>(issuer), certificate, nullptr, nullptr, 0);
    add_extensions(context, extensions, [&](X509_EXTENSION* made) { X509_add_ext(certificate, made, -1); });
}

Identity make(const Identity* issuer, Wanted wanted)
{
    static long serial = 0x1000;
    Identity made{X509Ptr(X509_new()), wanted.key ? std::move(wanted.key) : new_key("P-256")};
    X509* certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto add = [&](const char* field, int type, const std::string& value) {
        require(X509_NAME_add_entry_by_txt(subject, field, type, reinterpret_cast<const unsigned char*>(value.data()),
                                           static_cast<int>(value.size()), -1, 0) == 1,
                "subject");
    };
    add("CN", MBSTRING_UTF8, wanted.common_name);
    if (!wanted.email_in_subject.empty())
        add("emailAddress", wanted.form_of_email, wanted.email_in_subject);
    const X509* issuer_certificate = issuer != nullptr ? issuer->certificate.get() : certificate;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer_certificate));
    ASN1_TIME_set_string(X509_getm_notBefore(certificate), wanted.not_before);
    ASN1_TIME_set_string(X509_getm_notAfter(certificate), wanted.not_after);
    X509_set_pubkey(certificate, made.key.get());
    add_extensions(certificate, issuer_certificate, wanted.extensions);
    EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : made.key.get();
    const bool pure = EVP_PKEY_get_base_id(signing_key) == EVP_PKEY_ED25519;
    require(X509_sign(certificate, signing_key, pure ? nullptr : EVP_sha256()) > 0, "sign a certificate");
    return made;
}

std::string drained(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace

Moment moment(const char* generalized_time)
{
    const AsnTimePtr time(ASN1_TIME_new());
    require(ASN1_TIME_set_string(time.get(), generalized_time) == 1, "time");
    return *time_of(time.get());
}

std::vector<std::string> authority_extensions()
{
    return {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash"};
}

std::vector<std::string> person_extensions(const std::string& subject_alternative_name)
{
    return {"subjectAltName=" + subject_alternative_name, "keyUsage=critical,digitalSignature",
            "extendedKeyUsage=emailProtection"};
}

std::string smtp_utf8_mailbox(std::string_view address)
{
    const auto wrapped = [](std::uint8_t tag, const base::Bytes& inner) {
        require(inner.size() < 0x80, "a short form of length");
        base::Bytes outer = {tag, static_cast<std::uint8_t>(inner.size())};
        outer.insert(outer.end(), inner.begin(), inner.end());
        return outer;
    };
    const auto text = base::as_bytes(address);
    base::Bytes name = {0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09}; // id-on-SmtpUTF8Mailbox
    const base::Bytes value = wrapped(0xa0, wrapped(0x0c, {text.begin(), text.end()}));
    name.insert(name.end(), value.begin(), value.end());
    return "subjectAltName=DER:" + base::to_hex(wrapped(0x30, wrapped(0xa0, name)));
}

EvpPkeyPtr new_key(const char* curve)
{
    EvpPkeyPtr key(std::string_view(curve) == "ED25519" ? EVP_PKEY_Q_keygen(nullptr, nullptr, curve)
                                                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    require(key != nullptr, "key");
    return key;
}

EvpPkeyPtr new_rsa_key(unsigned bits)
{
    EvpPkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
    require(key != nullptr, "key");
    return key;
}

EvpPkeyPtr large_rsa_key(int bits, int bits_of_exponent)
{
    BIGNUM* modulus = BN_new();
    BIGNUM* exponent = BN_new();
    require(BN_rand(modulus, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) == 1 &&
                BN_rand(exponent, bits_of_exponent, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) == 1,
            "numbers");
    OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
    OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
    const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    require(EVP_PKEY_fromdata_init(context.get()) == 1 &&
                EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1,
            "key");
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return EvpPkeyPtr(key);
}

Identity self_signed(Wanted wanted)
{
    return make(nullptr, std::move(wanted));
}

Identity issue(const Identity& issuer, Wanted wanted)
{
    return make(&issuer, std::move(wanted));
}

std::string revocation_list(const Identity& issuer, const std::vector<const Identity*>& revoked,
                            const std::vector<std::string>& extensions, const Identity* for_issuer)
{
    const X509CrlPtr list(X509_CRL_new());
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get()));
    const AsnTimePtr from(ASN1_TIME_new());
    const AsnTimePtr until(ASN1_TIME_new());
    ASN1_TIME_set_string(from.get(), "20260101000000Z");
    ASN1_TIME_set_string(until.get(), "20280101000000Z");
    X509_CRL_set1_lastUpdate(list.get(), from.get());
    X509_CRL_set1_nextUpdate(list.get(), until.get());
    for (const Identity* one : revoked) {
        X509_REVOKED* entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(one->certificate.get()));
        X509_REVOKED_set_revocationDate(entry, from.get());
        if (for_issuer != nullptr) {
            const GeneralNamesPtr names(GENERAL_NAMES_new());
            GENERAL_NAME* name = GENERAL_NAME_new();
            GENERAL_NAME_set0_value(name, GEN_DIRNAME,
                                    X509_NAME_dup(X509_get_subject_name(for_issuer->certificate.get())));
            sk_GENERAL_NAME_push(names.get(), name);
            X509_REVOKED_add1_ext_i2d(entry, NID_certificate_issuer, names.get(), 1, 0);
        }
        X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_CRL_sort(list.get());
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer.certificate.get(), nullptr, nullptr, list.get(), 0);
    add_extensions(context, extensions, [&](X509_EXTENSION* made) { X509_CRL_add_ext(list.get(), made, -1); });
    require(X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()) > 0, "sign a revocation list");
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509_CRL(bio.get(), list.get());
    return drained(bio.get());
}

std::string to_pem(const X509* certificate)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return drained(bio.get());
}

base::Bytes sign_digest(const Identity& signer, base::Scheme scheme, base::BytesView digest)
{
    const base::SchemeTraits& traits = base::traits(scheme);
    const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(signer.key.get(), nullptr));
    EVP_PKEY_sign_init(context.get());
    EVP_PKEY_CTX_set_signature_md(context.get(), evp_md(traits.hash));
    if (traits.padding == base::Padding::pss) {
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST);
    }
    std::size_t size = 0;
    EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size());
    base::Bytes signature(size);
    require(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1, "sign");
    signature.resize(size);
    return signature;
}

base::Bytes decrypt_without_padding(const Identity& holder, base::BytesView ciphertext)
{
    const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(holder.key.get(), nullptr));
    EVP_PKEY_decrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING);
    std::size_t size = ciphertext.size();
    base::Bytes encoded(size);
    require(EVP_PKEY_decrypt(context.get(), encoded.data(), &size, ciphertext.data(), ciphertext.size()) == 1,
            "decrypt");
    return encoded;
}

base::Bytes derive(const Identity& holder, base::BytesView public_key)
{
    const EvpPkeyPtr other(EVP_PKEY_new());
    EVP_PKEY_copy_parameters(other.get(), holder.key.get());
    require(EVP_PKEY_set1_encoded_public_key(other.get(), public_key.data(), public_key.size()) == 1, "take a point");
    const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(holder.key.get(), nullptr));
    EVP_PKEY_derive_init(context.get());
    EVP_PKEY_derive_set_peer(context.get(), other.get());
    std::size_t size = 0;
    EVP_PKEY_derive(context.get(), nullptr, &size);
    base::Bytes secret(size);
    require(EVP_PKEY_derive(context.get(), secret.data(), &size) == 1, "derive");
    return secret;
}

} // namespace sceau::test
