#include "tests/faulty-module/faults.h"
#include "tests/unit/pkcs11_steps.h"

#include <fstream>

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::test;
using base::ErrorCode;
using base::Scheme;

namespace {

/// A token with one key.
struct OneKey {
    explicit OneKey(const std::string& key, AlwaysAuthenticate always_authenticate = AlwaysAuthenticate::no)
    {
        softhsm.add_token("Token");
        certified = softhsm.add_key("Token", {.key = key}, always_authenticate);
    }

    KeyTask task(Scheme scheme) const { return sign_task(softhsm.module(), "Token", certified.cka_id, scheme); }

    Module faulty(const std::vector<std::string>& orders) const
    {
        faults.order(orders);
        return faults.module(softhsm);
    }

    SoftHsm softhsm;
    Faults faults;
    Certified certified;
};

/// Returns the names of the functions that the worker calls, in order, as recorded by OpenSC's pkcs11-spy.
std::vector<std::string> calls_of(const OneKey& key, Scheme scheme, std::string_view pin)
{
    const auto log = key.softhsm.folder() / "spy.log";
    const KeyTask task = key.task(scheme);
    const Module spy = key.softhsm.module("/usr/lib/x86_64-linux-gnu/pkcs11-spy.so",
                                          {{"PKCS11SPY", kSoftHsmModule},
                                           {"PKCS11SPY_OUTPUT", log},
                                           {"ASAN_OPTIONS", "detect_leaks=0"}}); // the spy leaks
    static_cast<void>(perform(spy, task, pin));
    std::vector<std::string> calls;
    std::ifstream lines(log);
    for (std::string line; std::getline(lines, line);) // "17: C_Login"
        if (const auto colon = line.find(": C_"); colon != std::string::npos && line[0] >= '0' && line[0] <= '9')
            calls.push_back(line.substr(colon + 2));
    return calls;
}

} // namespace

TEST_CASE("every scheme makes a signature that OpenSSL verifies, with and without a login for each use")
{
    const auto [key_name, key_type, curve_bits] =
        GENERATE(table<std::string, base::KeyType, int>({{"rsa2048", base::KeyType::rsa, 0},
                                                         {"rsa3072", base::KeyType::rsa, 0},
                                                         {"p256", base::KeyType::ec, 256},
                                                         {"p384", base::KeyType::ec, 384},
                                                         {"p521", base::KeyType::ec, 521}}));
    const auto always_authenticate = GENERATE(AlwaysAuthenticate::no, AlwaysAuthenticate::yes);
    const OneKey key(key_name, always_authenticate);
    int tried = 0;
    for (const base::SchemeTraits& scheme : base::all_schemes()) {
        if (scheme.key_type != key_type || scheme.curve_bits != curve_bits)
            continue;
        INFO(key_name << " " << scheme.name);
        const auto result = perform(key.softhsm.module(), key.task(scheme.scheme), kPin);
        REQUIRE(result);
        CHECK(verifies(key_name, scheme.scheme, result->output));
        ++tried;
    }
    CHECK(tried == (key_type == base::KeyType::rsa ? 6 : 1));
}

TEST_CASE("a P-521 signature is right however short r and s happen to be")
{
    const OneKey key("p521");
    const KeyTask task = key.task(Scheme::ecdsa_secp521r1_sha512);
    for (int i = 0; i < 20; ++i) {
        const auto result = perform(key.softhsm.module(), task, kPin);
        REQUIRE(result);
        CHECK(verifies("p521", Scheme::ecdsa_secp521r1_sha512, result->output));
    }
}

TEST_CASE("the worker logs in once and asks the token nothing between the context login and the signature")
{
    const OneKey key("rsa2048", AlwaysAuthenticate::yes);
    const auto calls = calls_of(key, Scheme::rsa_pkcs1_sha256, kPin);
    // Before the PIN, the worker looks for the token that holds the certificate; after it, for the private key.
    const auto login = std::ranges::find(calls, "C_Login");
    REQUIRE(login != calls.end());
    CHECK(std::find(calls.begin(), login, "C_OpenSession") != login);
    CHECK(std::find(calls.begin(), login, "C_FindObjects") != login);
    CHECK(*std::prev(login) == "C_GetTokenInfo");
    const auto begun = std::ranges::find(calls, "C_SignInit");
    CHECK(std::count(login, begun, "C_Login") == 1);
    CHECK(std::vector(begun, calls.end()) ==
          std::vector<std::string>{"C_SignInit", "C_Login", "C_Sign", "C_Logout", "C_CloseSession", "C_Finalize"});
}

TEST_CASE("an empty PIN is not sent to a token without a PIN pad")
{
    const OneKey key("p256");
    const auto result = perform(key.softhsm.module(), key.task(Scheme::ecdsa_secp256r1_sha256), "");
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::token_failed);
    const auto calls = calls_of(key, Scheme::ecdsa_secp256r1_sha256, "");
    CHECK(std::ranges::count(calls, "C_Login") == 0);
}

TEST_CASE("the possible lengths of a PIN are told before it is asked for, and stop no PIN from being sent")
{
    const OneKey key("p256");
    const KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    const auto ready = [&](const std::string& lengths) {
        Worker worker = start(key.faulty({"C_GetTokenInfo " + lengths}), task);
        return expect<Ready>(worker).pin;
    };
    CHECK(ready("pins-of-7-or-8").shortest == 7);
    CHECK(ready("pins-of-7-or-8").longest == 8);
    CHECK(ready("pins-of-no-known-length").shortest == 0);
    CHECK(ready("pins-of-no-known-length").longest == 0);
    CHECK(perform(key.faulty({"C_GetTokenInfo pins-of-7-or-8"}), task, kPin)); // it has 6
    CHECK(perform(key.faulty({"C_GetTokenInfo pins-of-no-known-length"}), task, kPin));
}

TEST_CASE("a PIN that must be changed or set first, or a token that somebody is logged in to, is an error of its own")
{
    const OneKey key("p256");
    const KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    const auto failure = [&](const std::string& order) { return perform(key.faulty({order}), task, kPin).error(); };
    CHECK(failure("C_Login return 0xa3").code == ErrorCode::pin_to_be_changed); // CKR_PIN_EXPIRED
    CHECK(failure("C_Sign return 0xa3").code == ErrorCode::pin_to_be_changed); // from a token that allows a login first
    CHECK(failure("C_Login return 0x102").code == ErrorCode::pin_to_be_changed); // CKR_USER_PIN_NOT_INITIALIZED
    CHECK(failure("C_Login return 0x100") ==
          base::busy("somebody is logged in to the token already (C_Login: CKR_USER_ALREADY_LOGGED_IN)"));
}

TEST_CASE("a wrong PIN is tried once and the right one works with the next worker")
{
    const OneKey key("p256", AlwaysAuthenticate::yes);
    const KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    const auto calls = calls_of(key, Scheme::ecdsa_secp256r1_sha256, "654321");
    CHECK(std::ranges::count(calls, "C_Login") == 1);
    CHECK(std::ranges::count(calls, "C_Sign") == 0);
    CHECK(discover(key.softhsm.module()).at(0).pin.low);

    const auto wrong = perform(key.softhsm.module(), task, "654321");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::pin_incorrect);
    CHECK_FALSE(wrong.error().tries_left);
    CHECK(wrong.error().message == "the PIN is not right (C_Login: CKR_PIN_INCORRECT)");
    CHECK(perform(key.softhsm.module(), task, kPin));
}

TEST_CASE("after a refused PIN the token's flags tell whether a try is left")
{
    const OneKey key("p256");
    const KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    const auto last = perform(key.faulty({"C_GetTokenInfo final-try-when-low"}), task, "654321");
    REQUIRE_FALSE(last);
    CHECK(last.error().code == ErrorCode::pin_incorrect);
    CHECK(last.error().tries_left == 1U);
    const auto locked = perform(key.faulty({"C_GetTokenInfo locked-when-low"}), task, "654321");
    REQUIRE_FALSE(locked);
    CHECK(locked.error().code == ErrorCode::pin_locked);
}

TEST_CASE("a locked PIN is shown before it is asked for, and as an error when it is sent")
{
    const OneKey key("p256");
    const Module module = key.faulty({"C_GetTokenInfo locked", "C_Login return 0xa4"});
    const KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    Worker worker = start(module, task);
    CHECK(expect<Ready>(worker).pin.locked);
    REQUIRE(worker.send_pin(secret(kPin)));
    CHECK(expect<Failed>(worker).error.code == ErrorCode::pin_locked);
    expect<Ended>(worker);
}

TEST_CASE("with an empty PIN the person types it at the reader's PIN pad")
{
    const OneKey key("p256", AlwaysAuthenticate::yes);
    const Module module = key.faulty({"C_GetTokenInfo pad", "C_Login types-the-pin", "C_Login(context) types-the-pin"});
    const auto result = perform(module, key.task(Scheme::ecdsa_secp256r1_sha256), "");
    REQUIRE(result);
    CHECK(verifies("p256", Scheme::ecdsa_secp256r1_sha256, result->output));
}

TEST_CASE("a missing token is reported as absent before a PIN is asked for")
{
    const OneKey key("p256");
    KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    task.token.serial = "0000000000000000";
    Worker worker = start(key.softhsm.module(), task);
    const auto error = expect<Failed>(worker).error;
    CHECK(error.code == ErrorCode::token_absent);
    CHECK_THAT(error.message, Catch::StartsWith("no token \"Token\" (0000000000000000) in \"SoftHSM slot ID"));
}

TEST_CASE("a scheme of another kind of key makes no signature")
{
    const OneKey key("p256");
    const auto of_another_type = perform(key.softhsm.module(), key.task(Scheme::rsa_pkcs1_sha256), kPin);
    REQUIRE_FALSE(of_another_type);
    CHECK(of_another_type.error().code == ErrorCode::unsupported);
}

TEST_CASE("a scheme that the token does not have is refused before a PIN is asked for")
{
    const OneKey key("rsa2048");
    const KeyTask task = key.task(Scheme::rsa_pss_rsae_sha256);
    Worker worker = start(key.faulty({"C_GetMechanismInfo return 0x70"}), task);
    const auto error = expect<Failed>(worker).error;
    CHECK(error.code == ErrorCode::unsupported);
    CHECK(error.message == "C_GetMechanismInfo: CKR_MECHANISM_INVALID");
}

TEST_CASE("a scheme of another curve makes no signature")
{
    const OneKey key("p256");
    const auto result = perform(key.softhsm.module(), key.task(Scheme::ecdsa_secp384r1_sha384), kPin);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::token_failed);
}

TEST_CASE("a signature of the wrong length does not leave the worker")
{
    const auto [key_name, scheme] = GENERATE(
        table<std::string, Scheme>({{"rsa2048", Scheme::rsa_pkcs1_sha256}, {"p256", Scheme::ecdsa_secp256r1_sha256}}));
    const OneKey key(key_name);
    const auto fault = GENERATE("C_Sign a-byte-too-few", "C_Sign a-zero-too-many");
    const auto result = perform(key.faulty({fault}), key.task(scheme), kPin);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::token_failed);
    CHECK_THAT(result.error().message, Catch::StartsWith("C_Sign gave "));
}

TEST_CASE("an error of the token is named by its function and its value")
{
    const OneKey key("p256");
    const KeyTask task = key.task(Scheme::ecdsa_secp256r1_sha256);
    const auto device = perform(key.faulty({"C_Sign return 0x30"}), task, kPin);
    REQUIRE_FALSE(device);
    CHECK(device.error() == base::token_failed("C_Sign: CKR_DEVICE_ERROR"));
    const auto removed = perform(key.faulty({"C_OpenSession return 0xe0"}), task, kPin);
    REQUIRE_FALSE(removed);
    CHECK(removed.error() == base::token_absent("C_OpenSession: CKR_TOKEN_NOT_PRESENT"));
}
