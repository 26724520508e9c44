// Desks whose token can be pulled and put back, for the tests of Thunderbird: one with a P-256 key in SoftHSM, one with
// the RSA key 9C on the card.
#pragma once

#include "tests/e2e/module_desk.h"
#include "tests/support/pcsc_readers.h"

namespace sceau::test {

/// Waits until the agent has seen that a token is there, or none.
inline void wait_for_token(const ModuleDesk& desk, bool present)
{
    wait_until("the agent has seen it", [&] {
        return desk.run(desk.sceau({"keys"})).status == 0 && // which has it look again
               (desk.run(desk.sceau({"tokens", "--json"})).out.find("serial") != std::string::npos) == present;
    });
}

struct SoftHsmToken : OnSoftHsm {
    static constexpr const char* kPerson = "Bob";

    // Without the folder SoftHSM would fail, which is no news of its tokens.
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
