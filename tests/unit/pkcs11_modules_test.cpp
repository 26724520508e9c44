// Modules that initialise in unusual ways, and several modules at once: each key that is listed can also sign.
#include "tests/faulty-module/faults.h"
#include "tests/unit/pkcs11_steps.h"

using namespace sceau;
using namespace sceau::pkcs11;
using namespace sceau::test;
using base::ErrorCode;

namespace {

constexpr auto kScheme = base::Scheme::ecdsa_secp256r1_sha256;

base::Error failure_of(const std::filesystem::path& file)
{
    Worker worker = start({.path = file, .environment = {}}, DiscoverTask{});
    return expect<Failed>(worker).error;
}

struct TokenBehindFaults {
    TokenBehindFaults()
    {
        softhsm.add_token("Token");
        key = softhsm.add_key("Token", {.key = "p256"});
    }
    bool is_listed() const
    {
        const auto tokens = discover(faults.module(softhsm));
        return tokens.size() == 1 && tokens.front().certificates.size() == 1;
    }
    base::Result<Performed> sign() const
    {
        const Module module = faults.module(softhsm);
        return perform(module, sign_task(module, "Token", key.cka_id, kScheme), kPin);
    }

    SoftHsm softhsm;
    Faults faults;
    Certified key;
};

} // namespace

TEST_CASE("a module's keys are listed and sign, however it wants to be initialised")
{
    const TokenBehindFaults token;
    for (const std::string way : {"wants-arguments", "wants-no-arguments", "wants-no-locks", "already-initialised"}) {
        INFO(way);
        token.faults.order({"C_Initialize " + way});
        CHECK(token.is_listed());
        CHECK(token.sign());
    }
}

TEST_CASE("a module that does not initialise fails with its own return value")
{
    const TokenBehindFaults token;
    token.faults.order({"C_Initialize return 0x30"});
    Worker worker = start(token.faults.module(token.softhsm), DiscoverTask{});
    CHECK(expect<Failed>(worker).error.message == "C_Initialize: CKR_DEVICE_ERROR");
}

TEST_CASE("a slot list that grows between its two calls is asked for again")
{
    const TokenBehindFaults token;
    token.faults.order({"C_GetSlotList grew-meanwhile"});
    CHECK(token.is_listed());
    CHECK(token.sign());
}

TEST_CASE("a slot that fails hides no other and is reported")
{
    SoftHsm softhsm;
    softhsm.add_token("One");
    softhsm.add_token("Two");
    const Faults faults;
    faults.order({"C_GetTokenInfo#1 return 0x30"});
    Worker worker = start(faults.module(softhsm), DiscoverTask{});
    const auto found = expect<Discovered>(worker);
    CHECK(found.tokens.size() == 1);
    CHECK(found.incomplete == "C_GetTokenInfo: CKR_DEVICE_ERROR");
}

TEST_CASE("unreadable certificates are reported, and a token that was removed meanwhile is not")
{
    const TokenBehindFaults token;
    const auto incomplete = [&](const std::string& order) {
        token.faults.order({order});
        Worker worker = start(token.faults.module(token.softhsm), DiscoverTask{});
        return expect<Discovered>(worker).incomplete;
    };
    for (const std::string function :
         {"C_OpenSession", "C_FindObjectsInit", "C_FindObjects", "C_FindObjectsFinal", "C_GetAttributeValue"})
        CHECK(incomplete(function + " return 0x5") == function + ": CKR_GENERAL_ERROR");
    CHECK(incomplete("C_GetTokenInfo return 0xe0").empty());
    CHECK(incomplete("C_OpenSession return 0xe0").empty());
}

TEST_CASE("p11-kit's proxy, which gives out another function list each time, is listed and signs")
{
    SoftHsm softhsm;
    softhsm.add_token("Token");
    const auto key = softhsm.add_key("Token", {.key = "p256"});
    const TemporaryFolder home;
    const Module module = softhsm.module("/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so",
                                         {{"HOME", home.path()}, {"PCSCLITE_CSOCK_NAME", "/nonexistent"}});
    const auto tokens = discover(module);
    const auto token = std::ranges::find(tokens, "Token", [](const Token& each) { return each.identity.label; });
    REQUIRE(token != tokens.end());
    CHECK(token->certificates.size() == 1);
    CHECK(perform(module, sign_task(module, "Token", key.cka_id, kScheme), kPin));
}

TEST_CASE("a file that is not a module for this machine is unsupported, with the reason")
{
    const TemporaryFolder folder;
    std::string other_machine(64, '\0');
    other_machine.replace(0, 5,
                          "\x7f"
                          "ELF\x01"); // ELFCLASS32
    for (const std::filesystem::path& file :
         {folder.path(), folder.path() / "none.so", std::filesystem::path(folder.write("text.so", "no library")),
          std::filesystem::path(folder.write("32.so", other_machine)),
          std::filesystem::path("/usr/lib/x86_64-linux-gnu/libdl.so.2")}) {
        INFO(file);
        const base::Error error = failure_of(file);
        CHECK(error.code == ErrorCode::unsupported);
        CHECK(error.message.find(file.filename()) != std::string::npos);
    }
}
