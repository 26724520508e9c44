// A desk with a virtual PIV card in a USB reader, below the real pcscd, PC/SC Lite and OpenSC. Key 9C is alice's.
#pragma once

#include "tests/e2e/agent_desk.h"
#include "tests/support/pcsc_client.h"

namespace sceau::test {

struct CardDeskSetup {
    std::string key = "rsa2048"; // of 9C; or "p256"
    /// In place of the desk's own. All keys of the card differ: the agent knows a key by its public key.
    std::map<PivSlot, CertificateProfile> keys = {};
    std::string settings = {}; // lines of agent.toml, after [[module]]'s: "timeout_s = 2\n[token]\nwait_s = 2\n"
    /// Puts something between the agent and pcscd: is given pcscd's socket, and returns the one for the agent.
    std::function<std::filesystem::path(const std::filesystem::path&)> between = {};
};

class CardDesk : public AgentDesk {
  public:
    explicit CardDesk(const CardDeskSetup& setup = {});
    ~CardDesk() override { drop_agent(); }

    /// Waits until the agent has found the card and is done with it.
    void settle();
    /// Waits until nobody is logged in to the card.
    void wait_until_closed() const;
    /// What PC/SC tells everybody of the reader: SCARD_READERSTATE::dwEventState.
    DWORD reader_state() const;
    /// The keys that another program can use without a PIN now: "9A 9D ".
    std::string open_keys() const;

    Ended sign() const { return start_signing()->wait(); }
    /// `sceau sign` for a mail of alice's.
    std::unique_ptr<Program> start_signing() const { return start_sceau({"sign"}, mail_from("alice@example.org")); }
    /// By OpenSSL, against the card's certificate and its issuer. std::runtime_error with OpenSSL's words otherwise.
    void verify_with_openssl(const std::string& signed_mail) const;

    VirtualCard card;
    PrivatePcscd pcscd{{&card}};
};

/// The PIV algorithm of the card's key.
std::uint8_t algorithm_of(const VirtualCard& card, PivSlot slot);

} // namespace sceau::test
