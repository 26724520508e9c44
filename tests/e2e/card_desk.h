// A desk with a virtual PIV card in a USB reader, below the real pcscd, PC/SC Lite and OpenSC. Key 9C is Alice's.
#pragma once

#include "tests/e2e/agent_desk.h"
#include "tests/support/pcsc_client.h"

namespace sceau::test {

struct CardDeskSetup {
    std::string key = "rsa2048"; // the key in 9C; or "p256"
    /// Replaces the desk's own keys. All keys of the card must differ: the agent identifies a key by its public key.
    std::map<PivSlot, CertificateProfile> keys = {};
    std::string settings = {}; // lines of agent.toml that follow the [[module]]: "timeout_s = 2\n[token]\nwait_s = 2\n"
    /// Puts something between the agent and pcscd: it is given pcscd's socket and returns the one for the agent.
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
    /// What PC/SC tells everyone about the reader: SCARD_READERSTATE::dwEventState.
    DWORD reader_state() const;
    /// The keys that another program can now use without a PIN: "9A 9D ".
    std::string open_keys() const;

    Ended sign() const { return start_signing()->wait(); }
    /// Runs `sceau sign` on a mail of Alice's.
    std::unique_ptr<Program> start_signing() const { return start_sceau({"sign"}, mail_from("alice@example.org")); }
    /// Verifies with OpenSSL against the card's certificate and its issuer. Throws std::runtime_error with OpenSSL's
    /// message.
    void verify_with_openssl(const std::string& signed_mail) const;

    VirtualCard card;
    PrivatePcscd pcscd{{&card}};
};

/// The PIV algorithm of the card's key.
std::uint8_t algorithm_of(const VirtualCard& card, PivSlot slot);

} // namespace sceau::test
