#include "tests/support/memory_tokens.h"

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <stdexcept>

namespace sceau::tests {

using base::Result;

namespace {

base::Bytes sign_digest(EVP_PKEY* key, base::Scheme scheme, base::BytesView digest)
{
    const base::SchemeTraits& traits = base::traits(scheme);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key, nullptr),
                                                                              EVP_PKEY_CTX_free);
    EVP_PKEY_sign_init(context.get());
    if (traits.padding == base::Padding::pkcs1)
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
    if (traits.padding == base::Padding::pss) {
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST);
    }
    EVP_PKEY_CTX_set_signature_md(context.get(), EVP_get_digestbyname(base::to_string(traits.hash)));
    std::size_t size = 0;
    EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size());
    base::Bytes signature(size);
    if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1)
        throw std::runtime_error("the test key does not sign");
    signature.resize(size);
    return signature;
}

class MemorySigning final : public agent::Signing {
  public:
    MemorySigning(std::shared_ptr<MemoryToken> token, pkcs11::SignTask task, std::function<void(base::Bytes&)> spoil)
        : token_(std::move(token)), task_(std::move(task)), spoil_(std::move(spoil))
    {
        ++token_->workers;
        token_->workers_at_most = std::max(token_->workers_at_most, ++token_->workers_now);
    }
    ~MemorySigning() override { --token_->workers_now; }

    asio::awaitable<Result<pkcs11::PinState>> ready() override
    {
        if (token_->pulled)
            co_return std::unexpected(base::token_absent("the token is not there"));
        co_return pkcs11::PinState{.low = token_->tries_left < 3 && token_->tries_left > 0,
                                   .final_try = token_->tries_left == 1,
                                   .locked = token_->tries_left == 0,
                                   .pad = false};
    }

    asio::awaitable<Result<base::Bytes>> sign(const base::Secret& pin) override
    {
        if (token_->pulled)
            co_return std::unexpected(base::token_absent("the token is not there"));
        if (token_->tries_left == 0)
            co_return std::unexpected(base::pin_locked("the token takes no more PINs"));
        ++token_->logins;
        if (!std::ranges::equal(pin.expose(), base::as_bytes(token_->pin))) {
            --token_->tries_left;
            co_return std::unexpected(token_->tries_left == 0 ? base::pin_locked("the token takes no more PINs")
                                                              : base::pin_incorrect(token_->tries_left));
        }
        token_->tries_left = 3;
        const auto key = std::ranges::find(token_->keys, task_.cka_id, &MemoryKey::cka_id);
        if (key == token_->keys.end())
            co_return std::unexpected(base::key_not_found("the token has no such key"));
        base::Bytes signature = sign_digest(key->private_key.get(), task_.scheme, task_.digest.bytes());
        if (spoil_)
            spoil_(signature);
        co_return signature;
    }

  private:
    std::shared_ptr<MemoryToken> token_;
    pkcs11::SignTask task_;
    std::function<void(base::Bytes&)> spoil_;
};

} // namespace

asio::awaitable<Result<std::vector<agent::FoundToken>>> MemoryTokens::discover()
{
    ++discoveries;
    std::vector<agent::FoundToken> found;
    for (const auto& token : tokens_) {
        if (token->pulled)
            continue;
        pkcs11::Token seen{.identity = token->identity, .reader = "memory", .pin = {}, .certificates = {}};
        for (const MemoryKey& key : token->keys)
            seen.certificates.push_back({.cka_id = key.cka_id, .der = key.certificate});
        for (const base::Bytes& authority : token->authorities)
            seen.certificates.push_back({.cka_id = {0xca}, .der = authority});
        found.push_back({.module = 0, .token = std::move(seen)});
    }
    co_return found;
}

Result<std::unique_ptr<agent::Signing>> MemoryTokens::start_signing(std::size_t /*module*/, pkcs11::SignTask task)
{
    const auto token = std::ranges::find_if(tokens_, [&](const auto& t) { return t->identity == task.token; });
    if (token == tokens_.end())
        return std::unexpected(base::token_absent("there is no such token"));
    return std::make_unique<MemorySigning>(*token, std::move(task), std::exchange(spoil, nullptr));
}

std::shared_ptr<EVP_PKEY> p256_key()
{
    return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

namespace {

void add_extension(X509* certificate, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free);
    X509_add_ext(certificate, extension.get(), -1);
}

} // namespace

base::Bytes self_signed_certificate(EVP_PKEY* key, const std::string& name, const std::string& address)
{
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 365L * 24 * 3600);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_set_pubkey(certificate.get(), key);
    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), NID_subject_alt_name, "email:" + address);
    if (X509_sign(certificate.get(), key, EVP_sha256()) == 0)
        throw std::runtime_error("the test key signs no certificate");
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    base::Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

std::shared_ptr<MemoryToken> memory_token(const std::string& label, const std::string& address, const std::string& pin)
{
    const auto key = p256_key();
    auto token = std::make_shared<MemoryToken>();
    token->identity = {.label = label, .serial = "0001", .manufacturer = "Sceau", .model = "memory"};
    token->pin = pin;
    token->keys.push_back(
        {.cka_id = {1}, .certificate = self_signed_certificate(key.get(), label, address), .private_key = key});
    return token;
}

} // namespace sceau::tests
