// What every token store promises the agent: the same cases run with the fake in memory, with real workers and SoftHSM,
// and with real workers, OpenSC and a PIV card behind the real pcscd.

#include "agent/tokens/worker_store.h"
#include "mail/cms/certificate.h"
#include "tests/support/memory_tokens.h"
#include "tests/support/private_pcscd.h"
#include "tests/support/softhsm.h"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <optional>

using namespace sceau;
using namespace sceau::agent;
using namespace sceau::test;
using base::ErrorCode;
using base::Scheme;

namespace {

constexpr const char* kAddress = "direction@example.org";

// A store with one token, "Direction", which has one P-256 key and the PIN 123456.
class Store {
  public:
    virtual ~Store() = default;
    virtual TokenStore& store() = 0;
    /// CKF_USER_PIN_COUNT_LOW: at first OpenSC does not know how many tries a PIV card has left.
    virtual bool tells_a_low_count() const { return true; }
};

class InMemory final : public Store {
  public:
    TokenStore& store() override { return tokens_; }

  private:
    MemoryTokens tokens_{{memory_token("Direction", kAddress, kPin)}};
};

class Real final : public Store {
  public:
    explicit Real(AlwaysAuthenticate always_authenticate)
    {
        softhsm_.add_token("Direction");
        softhsm_.add_key("Direction", {.key = "p256", .addresses = {kAddress}}, always_authenticate);
        store_.emplace(std::vector{softhsm_.module()}, pkcs11::AfterLogin::reset);
    }
    TokenStore& store() override { return *store_; }

  private:
    SoftHsm softhsm_;
    std::optional<WorkerStore> store_;
};

// The key is in 9C, "PIN always", or in 9A. The latter is shown by OpenSC's other module, which has its own settings.
class Card final : public Store {
  public:
    explicit Card(PivSlot slot)
        : card_({.keys = {{slot, {.key = "p256", .name = "Direction", .addresses = {kAddress}}}}})
    {
        pkcs11::Module module = pcscd_.opensc_module();
        if (slot == PivSlot::authentication)
            module.path.replace_filename("onepin-opensc-pkcs11.so");
        store_.emplace(std::vector{module}, pkcs11::AfterLogin::reset);
    }
    TokenStore& store() override { return *store_; }
    bool tells_a_low_count() const override { return false; }

  private:
    VirtualCard card_;
    PrivatePcscd pcscd_{{&card_}};
    std::optional<WorkerStore> store_;
};

std::unique_ptr<Store> every_store()
{
    switch (GENERATE(0, 1, 2, 3, 4)) {
    case 4:
        return std::make_unique<Card>(PivSlot::authentication);
    case 3:
        return std::make_unique<Card>(PivSlot::signature);
    case 0:
        return std::make_unique<InMemory>();
    case 1:
        return std::make_unique<Real>(AlwaysAuthenticate::no);
    default:
        return std::make_unique<Real>(AlwaysAuthenticate::yes);
    }
}

template <class T>
T run(asio::awaitable<T> work)
{
    asio::io_context context;
    std::optional<T> result;
    asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& error, T value) {
        if (error)
            std::rethrow_exception(error);
        result.emplace(std::move(value));
    });
    context.run();
    return *std::move(result);
}

base::Secret pin_of(std::string_view text)
{
    base::Secret pin = *base::Secret::create();
    for (const char c : text)
        REQUIRE(pin.append(static_cast<std::uint8_t>(c)));
    return pin;
}

struct Found {
    std::size_t module;
    pkcs11::TokenIdentity token;
    std::string reader;
    pkcs11::Certificate certificate;
};

Found only_key(TokenStore& store)
{
    auto found = run(store.discover());
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    REQUIRE(found->front().token.certificates.size() == 1);
    const FoundToken& token = found->front();
    return {token.module, token.token.identity, token.token.reader, token.token.certificates.front()};
}

base::Digest some_digest()
{
    return *base::Digest::for_scheme(Scheme::ecdsa_secp256r1_sha256,
                                     base::hash_of(base::Hash::sha256, base::as_bytes("a mail")));
}

Clock::time_point soon()
{
    return Clock::now() + std::chrono::seconds(30);
}

std::unique_ptr<KeyUse> start(TokenStore& store, const Found& key)
{
    return store.start(
        key.module, {.token = key.token,
                     .slot = key.reader,
                     .reader = {},
                     .cka_id = key.certificate.cka_id,
                     .public_key = mail::cms::read_certificate(key.certificate.der).value().public_key,
                     .operation = pkcs11::Signature{.scheme = Scheme::ecdsa_secp256r1_sha256, .digest = some_digest()},
                     .certificate_cache = {}});
}

base::Result<pkcs11::PinState> ready(KeyUse& signing)
{
    return run(signing.ready(soon()));
}

base::Result<base::Bytes> sign(TokenStore& store, const Found& key, std::string_view pin)
{
    const auto signing = start(store, key);
    TRY(ready(*signing));
    auto signature = run(signing->perform(pin_of(pin), soon()));
    CHECK(run(signing->leave()));
    return signature;
}

} // namespace

TEST_CASE("a store shows its token with label and certificate")
{
    const auto store = every_store();
    const Found key = only_key(store->store());
    CHECK(key.token.label == "Direction");
    CHECK_FALSE(key.token.serial.empty());
    CHECK(mail::cms::read_certificate(key.certificate.der)->addresses == std::vector<std::string>{kAddress});
}

TEST_CASE("a store shows the same token the same way each time")
{
    const auto store = every_store();
    CHECK(only_key(store->store()).token == only_key(store->store()).token);
}

TEST_CASE("the right PIN signs, and what is signed verifies")
{
    const auto store = every_store();
    const Found key = only_key(store->store());
    const auto signature = sign(store->store(), key, kPin);
    REQUIRE(signature);
    CHECK(mail::cms::verifies(key.certificate.der, Scheme::ecdsa_secp256r1_sha256, some_digest().bytes(), *signature));
}

TEST_CASE("a wrong PIN is refused and the right one works afterwards")
{
    const auto store = every_store();
    const Found key = only_key(store->store());
    CHECK(sign(store->store(), key, "654321").error().code == ErrorCode::pin_incorrect);
    CHECK(sign(store->store(), key, kPin));
}

TEST_CASE("after a wrong PIN the token says that its PIN was tried before")
{
    const auto store = every_store();
    const Found key = only_key(store->store());
    CHECK_FALSE(ready(*start(store->store(), key))->low);
    REQUIRE_FALSE(sign(store->store(), key, "654321"));
    CHECK(ready(*start(store->store(), key))->low == store->tells_a_low_count());
    REQUIRE(sign(store->store(), key, kPin));
    CHECK_FALSE(ready(*start(store->store(), key))->low);
}

TEST_CASE("a signature begun and given up leaves the token as it was")
{
    const auto store = every_store();
    const Found key = only_key(store->store());
    REQUIRE(ready(*start(store->store(), key)));
    CHECK(sign(store->store(), key, kPin));
}

TEST_CASE("a token that is not there is absent")
{
    const auto store = every_store();
    Found key = only_key(store->store());
    key.token.serial = "other";
    CHECK(ready(*start(store->store(), key)).error().code == ErrorCode::token_absent);
}

TEST_CASE("a key that the token does not have is not found")
{
    const auto store = every_store();
    Found key = only_key(store->store());
    key.certificate.der = issue_certificate({.key = "p384"});
    CHECK(ready(*start(store->store(), key)).error().code == ErrorCode::key_not_found);
}

TEST_CASE("a key is found by its public key, whatever CKA_ID its certificate has")
{
    const auto store = every_store();
    Found key = only_key(store->store());
    key.certificate.cka_id = {0x77};
    CHECK(sign(store->store(), key, kPin));
}

TEST_CASE("a token that says the same of itself in another slot is another one")
{
    const auto store = every_store();
    Found key = only_key(store->store());
    key.reader = "another";
    CHECK(ready(*start(store->store(), key)).error().code == ErrorCode::token_absent);
}
