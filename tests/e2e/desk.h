// A desk with a SoftHSM token.
#pragma once

#include "tests/e2e/agent_desk.h"
#include "tests/support/softhsm.h"

namespace sceau::test {

class Desk : public AgentDesk {
  public:
    /// The token "Direction 2026" holds an RSA key of alice@example.org and a P-256 key of bob@example.org, which needs
    /// its PIN again for each signature. `policy` are lines of [policy]. Returns when the agent serves.
    explicit Desk(const std::filesystem::path& pinentry = PinentryScript::program(), const std::string& policy = {});
    ~Desk() override { drop_agent(); }

    SoftHsm softhsm;
};

} // namespace sceau::test
