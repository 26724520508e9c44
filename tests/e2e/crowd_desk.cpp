#include "tests/e2e/crowd_desk.h"

#include "tests/support/pcsc_client.h"
#include "tests/support/pcsc_readers.h"
#include "tests/virtual-token/piv_commands.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLabel = "Direction 2026";
constexpr const char* kProgram = "hostile-clients";

CardProfile card_of(const std::string& holder, PivSlot slot, const std::string& key, const std::string& usage)
{
    CardProfile profile;
    profile.keys = {{slot, {.key = key, .name = holder, .addresses = {}, .key_usage = usage}}};
    profile.guid.back() = static_cast<std::uint8_t>(slot); // a different serial number for each card
    return profile;
}

void lock(const VirtualCard& card, const PrivatePcscd& pcscd)
{
    PcscClient somebody(pcscd);
    if (somebody.connect(pcscd.reader(card)) != SCARD_S_SUCCESS)
        throw std::runtime_error("the card cannot be reached");
    somebody.transmit(select_piv());
    while (card.pin_tries_left() > 0)
        somebody.transmit(verify("000000"));
    somebody.disconnect(SCARD_RESET_CARD);
}

} // namespace

std::string to_string(Crowd crowd)
{
    constexpr std::array kNames{"sign", "locked", "decrypt", "list", "large", "watch", "connect", "linger"};
    return kNames.at(static_cast<std::size_t>(crowd));
}

CrowdDesk::CrowdDesk()
    : locked_(card_of("Locked", PivSlot::signature, "rsa2048", "critical,digitalSignature")),
      pulled_(card_of("Pulled", PivSlot::key_management, "rsa2048b", "critical,keyEncipherment"))
{
    softhsm.add_token(kLabel);
    softhsm.add_key(kLabel, {.key = "rsa3072", .name = "Alice", .addresses = {"alice@example.org"}});
    lock(locked_, pcscd_);
    std::string config = fmt::format("[[module]]\npath = \"{}\"\nenvironment = {{ PCSCLITE_CSOCK_NAME = \"{}\" }}\n",
                                     kOpenscModule, pcscd_.environment().at("PCSCLITE_CSOCK_NAME"));
    config += fmt::format("[[module]]\npath = \"{}\"\nenvironment = {{ SOFTHSM2_CONF = \"{}\" }}\n", kSoftHsmModule,
                          softhsm.module().environment.at("SOFTHSM2_CONF"));
    start_agent(config + fmt::format("[pin]\npinentry = \"{}\"\n", PinentryScript::program().string()));
    keys_ = {{Crowd::sign, id_of("Alice")}, {Crowd::locked, id_of("Locked")}, {Crowd::decrypt, id_of("Pulled")}};
    pulled_.remove();
    pcscd_.wait_until_absent(pulled_);
    person.will_cancel_what_has(kProgram);
}

std::unique_ptr<Program> CrowdDesk::start(Crowd crowd, int connections) const
{
    const fs::path there = folder.path() / "crowd";
    fs::remove(there);
    Arguments arguments = {std::string(SCEAU_BINARY_DIR) + "/tests/" + kProgram, to_string(crowd),
                           std::to_string(connections), there};
    if (const auto key = keys_.find(crowd); key != keys_.end())
        arguments.push_back(key->second);
    auto program = std::make_unique<Program>(arguments, environment);
    wait_until("the crowd is there", [&] { return fs::exists(there); });
    return program;
}

Ended CrowdDesk::sign() const
{
    person.will_answer({"pin 123456"});
    return sceau({"sign"}, mail_from("alice@example.org"));
}

std::string CrowdDesk::id_of(const std::string& holder) const
{
    std::string id;
    wait_until("the agent knows the key of " + holder, [&] {
        const auto keys = nlohmann::json::parse(sceau({"keys", "--json"}).out).at("keys");
        for (const auto& key : keys)
            if (key.at("subject") == "CN=" + holder)
                id = key.at("id");
        return !id.empty();
    });
    return id;
}

} // namespace sceau::test
