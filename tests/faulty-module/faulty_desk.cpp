#include "tests/faulty-module/faulty_desk.h"

#include "ipc/client.h"
#include "tests/unit/pkcs11_steps.h"

#include <fmt/format.h>

#include <algorithm>

namespace sceau::test {

using base::Bytes;
using base::ErrorCode;
using base::Result;
using base::Scheme;

namespace {

constexpr const char* kLabel = "Direction 2026";

Scheme scheme_of(Signer signer)
{
    return signer == Signer::alice ? Scheme::rsa_pkcs1_sha256 : Scheme::ecdsa_secp256r1_sha256;
}

/// Returns whether the error tells the caller that the token, its module or the person was at fault, and not the agent.
bool blames_token(ErrorCode code)
{
    constexpr std::array kCodes = {ErrorCode::token_absent,  ErrorCode::pin_incorrect,    ErrorCode::pin_locked,
                                   ErrorCode::cancelled,     ErrorCode::timed_out,        ErrorCode::unsupported,
                                   ErrorCode::busy,          ErrorCode::token_failed,     ErrorCode::key_not_found,
                                   ErrorCode::pin_final_try, ErrorCode::pin_to_be_changed};
    return std::ranges::find(kCodes, code) != kCodes.end();
}

/// Returns "C_Login" for "sign C_Login#3 return 0xa4".
std::string function_in(const std::string& order)
{
    const auto begin = order.find("C_");
    return order.substr(begin, order.find_first_of(" #", begin) - begin);
}

/// Both schemes use SHA-256.
Bytes digest_to_sign()
{
    return base::hash_of(base::Hash::sha256, message_to_sign());
}

} // namespace

FaultyDesk::FaultyDesk(int timeout_s)
{
    softhsm.add_token(kLabel);
    softhsm.add_key(kLabel, {.key = "rsa2048", .name = "Alice Example", .addresses = {"alice@example.org"}});
    softhsm.add_key(kLabel, {.key = "p256", .name = "Bob Example", .addresses = {"bob@example.org"}},
                    AlwaysAuthenticate::yes);
    pkcs11::Module module = faults.module(softhsm);
    // There is no pcscd, so that other events on the machine start no discoveries.
    module.environment["PCSCLITE_CSOCK_NAME"] = folder.path() / "no-pcscd";
    module.environment["HOME"] = folder.path();
    std::string variables;
    for (const auto& [name, value] : module.environment)
        variables += fmt::format("{}{} = \"{}\"", variables.empty() ? "" : ", ", name, value);
    start_agent(fmt::format("[[module]]\npath = \"{}\"\nenvironment = {{ {} }}\ntimeout_s = {}\n"
                            "[token]\nwait_s = 1\n[pin]\npinentry = \"{}\"\n",
                            module.path.string(), variables, timeout_s, PinentryScript::program().string()));
    const auto found = keys();
    REQUIRE(found);
    known_ = *found;
    REQUIRE(known_.size() == 2);
}

const ipc::Key& FaultyDesk::key_of(Signer signer) const
{
    const std::string address = signer == Signer::alice ? "alice@example.org" : "bob@example.org";
    return *std::ranges::find(known_, std::vector{address}, &ipc::Key::addresses);
}

ipc::Sign::Parameters FaultyDesk::request(Signer signer, Bytes digest) const
{
    return {.key = key_of(signer).id,
            .scheme = scheme_of(signer),
            .digest = std::move(digest),
            .evidence = {},
            .terminal = {}};
}

Result<Bytes> FaultyDesk::sign(Signer signer, const std::vector<std::string>& answers) const
{
    person.will_answer(answers);
    TRY_ASSIGN(auto client, ipc::Client::connect(environment.at("SCEAU_SOCKET")));
    TRY_ASSIGN(auto reply, client.call<ipc::Sign>(request(signer, digest_to_sign())));
    return reply.signature.value_or(Bytes());
}

Result<Bytes> FaultyDesk::sign_waiting(Signer signer, const std::function<void()>& when_it_waits) const
{
    person.will_answer({"pin 123456"});
    TRY_ASSIGN(auto client, ipc::Client::connect(environment.at("SCEAU_SOCKET")));
    const auto on_progress = [&](const ipc::Sign::Reply& reply) {
        if (reply.progress && reply.progress->state == ipc::State::waiting_for_token)
            when_it_waits();
        return true;
    };
    TRY_ASSIGN(auto reply, client.call<ipc::Sign>(request(signer, digest_to_sign()), on_progress));
    return reply.signature.value_or(Bytes());
}

Result<Bytes> FaultyDesk::sign_other(Signer signer, std::uint8_t byte) const
{
    person.will_answer({"pin 123456"});
    TRY_ASSIGN(auto client, ipc::Client::connect(environment.at("SCEAU_SOCKET")));
    TRY_ASSIGN(auto reply, client.call<ipc::Sign>(request(signer, Bytes(32, byte))));
    return reply.signature.value_or(Bytes());
}

bool FaultyDesk::verifies(Signer signer, const Bytes& signature) const
{
    return test::verifies(signer == Signer::alice ? "rsa2048" : "p256", scheme_of(signer), signature);
}

Result<std::vector<ipc::Key>> FaultyDesk::keys(bool refresh) const
{
    TRY_ASSIGN(auto client, ipc::Client::connect(environment.at("SCEAU_SOCKET")));
    TRY_ASSIGN(auto reply, client.call<ipc::ListKeys>({.refresh = refresh}));
    return std::move(reply.keys);
}

ipc::ListTokens::Reply FaultyDesk::tokens() const
{
    auto client = ipc::Client::connect(environment.at("SCEAU_SOCKET"));
    REQUIRE(client);
    auto reply = client->call<ipc::ListTokens>({.refresh = true});
    REQUIRE(reply);
    return *std::move(reply);
}

void FaultyDesk::check_that_it_signs(Signer signer) const
{
    faults.order({});
    const auto signature = sign(signer);
    INFO("after the fault: " << (signature ? "" : signature.error().message));
    REQUIRE(signature);
    CHECK(verifies(signer, *signature));
}

Result<Bytes> FaultyDesk::sign_with(const std::vector<std::string>& orders, Signer signer) const
{
    INFO(orders.front());
    faults.order(orders);
    const std::size_t asked = person.times_asked();
    auto signature = sign(signer);
    if (signature) // the worker has not ended yet, and the next one starts only then
        CHECK(sign(signer));
    CHECK(faults.calls_of(function_in(orders.front())) > 0);
    CHECK(faults.calls_of("C_Login") <= person.times_asked() - asked);
    CHECK(faults.calls_of("C_Login(context)") <= faults.calls_of("C_Login"));
    if (signature)
        CHECK(verifies(signer, *signature));
    else
        CHECK(blames_token(signature.error().code));
    check_that_it_signs(signer);
    return signature;
}

std::vector<ipc::Key> FaultyDesk::discover_with(const std::vector<std::string>& orders) const
{
    INFO(orders.front());
    faults.order(orders);
    auto found = keys(true);
    CHECK(faults.calls_of(function_in(orders.front())) > 0);
    CHECK(faults.calls_of("C_Login") == 0);
    REQUIRE(found);
    faults.order({});
    const auto after = keys(true);
    REQUIRE(after);
    CHECK(after->size() == known_.size());
    return *std::move(found);
}

} // namespace sceau::test
