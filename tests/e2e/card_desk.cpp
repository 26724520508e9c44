#include "tests/e2e/card_desk.h"

#include "ipc/client.h"
#include "tests/support/pcsc_readers.h"
#include "tests/support/run.h"
#include "tests/virtual-token/piv_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace sceau::test {

namespace {

constexpr unsigned kMoreData = static_cast<unsigned>(StatusWord::more_data) >> 8;

bool is_alices(const ipc::Key& key)
{
    return key.addresses == std::vector<std::string>{"alice@example.org"};
}

CardProfile profile_for(const CardDeskSetup& setup)
{
    CardProfile profile;
    profile.keys = setup.keys;
    profile.keys.insert(
        {{PivSlot::authentication, {.key = "p384", .name = "Authentication"}},
         {PivSlot::signature, {.key = setup.key, .name = "Alice Example", .addresses = {"alice@example.org"}}},
         {PivSlot::key_management,
          {.key = setup.key == "p256" ? "rsa2048" : "p256",
           .name = "Key management",
           .key_usage = "critical,keyEncipherment"}}});
    return profile;
}

} // namespace

CardDesk::CardDesk(const CardDeskSetup& setup) : card(profile_for(setup))
{
    Environment variables = pcscd.environment();
    if (setup.between)
        variables["PCSCLITE_CSOCK_NAME"] = setup.between(variables["PCSCLITE_CSOCK_NAME"]);
    start_agent(fmt::format("[[module]]\npath = \"{}\"\nenvironment = {{ PCSCLITE_CSOCK_NAME = \"{}\" }}\n{}\n"
                            "[pin]\npinentry = \"{}\"\n",
                            kOpenscModule, variables.at("PCSCLITE_CSOCK_NAME"), setup.settings,
                            PinentryScript::program().string()));
    settle();
}

void CardDesk::settle()
{
    wait_until("the agent has found the card", [&] {
        const auto before = count_apdus(card.log());
        // This is not the command, which would have the agent look at the card.
        auto agent = ipc::Client::connect(environment.at("SCEAU_SOCKET"));
        const auto listed = agent ? agent->call<ipc::ListKeys>() : base::Result<ipc::ListKeys::Reply>();
        return listed && std::ranges::any_of(listed->keys, is_alices) && count_apdus(card.log()) == before;
    });
}

void CardDesk::wait_until_closed() const
{
    wait_until("nobody is logged in to the card", [&] { return !card.is_verified(); });
}

DWORD CardDesk::reader_state() const
{
    const PcscClient looker(pcscd);
    const std::string reader = pcscd.reader(card);
    SCARD_READERSTATE state{};
    state.szReader = reader.c_str();
    if (::SCardGetStatusChange(looker.context(), 0, &state, 1) != SCARD_S_SUCCESS)
        throw std::runtime_error("PC/SC does not know the reader");
    return state.dwEventState;
}

// pcscd may still be busy with what happened to the card before, so the query is repeated until the card answers.
std::string CardDesk::open_keys() const
{
    PcscClient other(pcscd);
    wait_until("the card can be looked at", [&] { return other.connect(pcscd.reader(card)) == SCARD_S_SUCCESS; });
    std::string open;
    for (const auto& [slot, key] : card.profile().keys) {
        const std::uint8_t algorithm = algorithm_of(card, slot);
        unsigned sw = 0;
        wait_until("the card answers", [&] {
            const auto answer = other.transmit(answer_challenge(slot, algorithm, challenge_for(algorithm)));
            sw = answer.sw();
            if (answer.result != SCARD_S_SUCCESS)
                other.reconnect(SCARD_LEAVE_CARD);
            return answer.result == SCARD_S_SUCCESS;
        });
        if (sw == static_cast<unsigned>(StatusWord::security_status_not_satisfied))
            continue;
        if (sw != static_cast<unsigned>(StatusWord::success) && sw >> 8 != kMoreData)
            throw std::runtime_error(fmt::format("the card cannot be asked: {:04X}", sw));
        open += fmt::format("{:02X} ", static_cast<unsigned>(slot));
    }
    other.disconnect(SCARD_LEAVE_CARD);
    return open;
}

void CardDesk::verify_with_openssl(const std::string& signed_mail) const
{
    const std::string mail = folder.write("signed", signed_mail);
    const std::string signer = folder.path() / "signer.pem";
    run({"openssl", "cms", "-verify", "-in", mail, "-CAfile", ca, "-purpose", "smimesign", "-signer", signer, "-out",
         "/dev/null"});
    run({"openssl", "x509", "-in", signer, "-outform", "DER", "-out", folder.path() / "signer.der"});
    if (folder.read("signer.der") != base::as_text(card.certificate(PivSlot::signature)))
        throw std::runtime_error("the mail is signed by another key than 9C");
}

std::uint8_t algorithm_of(const VirtualCard& card, PivSlot slot)
{
    const std::string& key = card.profile().keys.at(slot).key;
    return key == "p256" ? kP256 : key == "p384" ? kP384 : kRsa2048; // or "rsa2048b"
}

} // namespace sceau::test
