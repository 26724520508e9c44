// A desk at which a program of the same person asks the agent as much as it can, over many connections, while Alice
// signs a mail with a SoftHSM key. Besides her token there is a card whose PIN is locked, and one that was pulled out.
#pragma once

#include "tests/e2e/agent_desk.h"
#include "tests/support/private_pcscd.h"
#include "tests/support/softhsm.h"

#include <array>

namespace sceau::test {

/// What every connection of the crowd does again and again.
enum class Crowd {
    sign,    // asks for signatures with alice's key
    locked,  // asks for signatures with the locked card's key
    decrypt, // asks for decryptions with the key of the card that was pulled out
    list,    // lists keys
    large,   // sends frames of the largest permitted size, and reads no answer
    watch,   // watches, and reads nothing
    connect, // connects, begins a frame, and disconnects
    linger   // sends sockets along whose close() waits for two minutes
};
inline constexpr std::array kCrowds{Crowd::sign,  Crowd::locked, Crowd::decrypt, Crowd::list,
                                    Crowd::large, Crowd::watch,  Crowd::connect, Crowd::linger};
std::string to_string(Crowd crowd);

class CrowdDesk : public AgentDesk {
  public:
    /// The person cancels the crowd's dialogs.
    CrowdDesk();
    ~CrowdDesk() override { drop_agent(); }

    /// Returns when each of its connections has asked.
    std::unique_ptr<Program> start(Crowd crowd, int connections) const;

    /// Signs for Alice, who types her PIN.
    Ended sign() const;

    SoftHsm softhsm;

  private:
    std::string id_of(const std::string& holder) const;

    VirtualCard locked_;
    VirtualCard pulled_;
    PrivatePcscd pcscd_{{&locked_, &pulled_}};
    std::map<Crowd, std::string> keys_; // the key that each crowd asks for, in hex
};

} // namespace sceau::test
