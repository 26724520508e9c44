// Desks for the Thunderbird tests whose token can be pulled out and put back: one with a P-256 key in SoftHSM, one with
// the RSA key 9C on the card.
#pragma once

#include "tests/e2e/module_desk.h"
#include "tests/support/pcsc_readers.h"

namespace sceau::test {

/// Waits until the agent has seen that a token is there, or that none is.
inline void wait_for_token(const ModuleDesk& desk, bool present)
{
    wait_until("the agent has seen it", [&] {
        return desk.run(desk.sceau({"keys"})).status == 0 && // this makes the agent look again
               (desk.run(desk.sceau({"tokens", "--json"})).out.find("serial") != std::string::npos) == present;
    });
}

struct SoftHsmToken : OnSoftHsm {
    static constexpr const char* kPerson = "Bob";

    // Only the tokens go: without its folder SoftHSM would fail, and the agent would learn nothing about the tokens.
    void pull() const
    {
        std::filesystem::rename(store() / "tokens", store() / "away");
        std::filesystem::create_directory(store() / "tokens");
    }
    void put_back() const
    {
        std::filesystem::remove_all(store() / "tokens");
        std::filesystem::rename(store() / "away", store() / "tokens");
    }

  private:
    const std::filesystem::path& store() const { return dynamic_cast<Desk&>(agent_desk()).softhsm.folder(); }
};

struct CardToken : OnCard {
    static constexpr const char* kPerson = "Alice";

    void pull() const { desk.card.remove(); }
    void put_back() const { desk.card.insert(); }
};

} // namespace sceau::test
