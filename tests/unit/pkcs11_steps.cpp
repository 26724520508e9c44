#include "tests/unit/pkcs11_steps.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <poll.h>

namespace sceau::test {

using namespace sceau::pkcs11;
using base::Bytes;
using base::Result;

Result<Report> next_report(Worker& worker)
{
    for (;;) {
        TRY_ASSIGN(auto report, worker.receive());
        if (report)
            return *std::move(report);
        pollfd events = {.fd = worker.events(), .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&events, 1, 20'000) == 1);
    }
}

Worker start(const Module& module, const Task& task)
{
    auto worker = Worker::start(module, task);
    REQUIRE(worker);
    return *std::move(worker);
}

base::Secret secret(std::string_view text)
{
    auto pin = base::Secret::create();
    REQUIRE(pin);
    for (const char character : text)
        REQUIRE(pin->append(static_cast<std::uint8_t>(character)));
    return *std::move(pin);
}

std::vector<Token> discover(const Module& module)
{
    Worker worker = start(module, DiscoverTask{});
    auto tokens = expect<Discovered>(worker).tokens;
    expect<pkcs11::Ended>(worker);
    return tokens;
}

Bytes message_to_sign()
{
    const auto message = base::as_bytes("Virement à faire avant vendredi");
    return {message.begin(), message.end()};
}

Bytes point_of(EVP_PKEY* key)
{
    unsigned char* point = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(key, &point);
    Bytes bytes(point, point + size);
    OPENSSL_free(point);
    return bytes;
}

Bytes public_key_of(const Bytes& certificate)
{
    const unsigned char* end = certificate.data();
    const std::unique_ptr<X509, decltype([](X509* owned) { X509_free(owned); })> parsed(
        d2i_X509(nullptr, &end, static_cast<long>(certificate.size())));
    REQUIRE(parsed);
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(parsed.get()), &der);
    const std::unique_ptr<unsigned char, decltype([](unsigned char* p) { OPENSSL_free(p); })> owner(der);
    REQUIRE(size > 0);
    return {der, der + size};
}

KeyTask sign_task(const Module& module, const std::string& label, const Bytes& cka_id, base::Scheme scheme)
{
    const auto tokens = discover(module);
    const auto token = std::ranges::find(tokens, label, [](const Token& each) { return each.identity.label; });
    REQUIRE(token != tokens.end());
    const auto certificate = std::ranges::find(token->certificates, cka_id, &Certificate::cka_id);
    REQUIRE(certificate != token->certificates.end());
    const Bytes digest = base::hash_of(base::traits(scheme).hash, message_to_sign());
    return {.token = token->identity,
            .slot = token->reader,
            .reader = token->removable ? token->reader : "",
            .cka_id = cka_id,
            .public_key = public_key_of(certificate->der),
            .operation = Signature{.scheme = scheme, .digest = *base::Digest::for_scheme(scheme, digest)},
            .certificate_cache = {}};
}

Result<Performed> perform(const Module& module, const KeyTask& task, std::string_view pin)
{
    Worker worker = start(module, task);
    TRY_ASSIGN(const Report first, next_report(worker));
    if (const auto* failed = std::get_if<Failed>(&first))
        return std::unexpected(failed->error);
    REQUIRE(std::holds_alternative<Ready>(first));
    TRY(worker.send_pin(secret(pin)));
    TRY_ASSIGN(const Report second, next_report(worker));
    if (const auto* failed = std::get_if<Failed>(&second))
        return std::unexpected(failed->error);
    REQUIRE(std::holds_alternative<Performed>(second));
    expect<pkcs11::Ended>(worker);
    return std::get<Performed>(second);
}

bool verifies(const std::string& key_name, base::Scheme scheme, const Bytes& signature)
{
    const auto& traits = base::traits(scheme);
    const Key key = read_key(key_name);
    const Bytes digest = base::hash_of(traits.hash, message_to_sign());
    const std::unique_ptr<EVP_PKEY_CTX, decltype([](EVP_PKEY_CTX* context) { EVP_PKEY_CTX_free(context); })> context(
        EVP_PKEY_CTX_new(key.get(), nullptr));
    const EVP_MD* hash = EVP_get_digestbyname(base::to_string(traits.hash));
    REQUIRE(EVP_PKEY_verify_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_signature_md(context.get(), hash) == 1);
    if (traits.padding == base::Padding::pss) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), hash) == 1);
    }
    return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
}

} // namespace sceau::test
