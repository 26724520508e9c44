// The tokens that Thunderbird is tried with, alike for a test: an RSA key in SoftHSM, a P-256 key on the card.
#pragma once

#include "tests/e2e/card_desk.h"
#include "tests/e2e/module_desk.h"
#include "tests/support/pcsc_readers.h"

namespace sceau::test {

/// Waits until the agent has seen that a token is there, or none.
inline void wait_for_token(const AgentDesk& desk, bool present)
{
    wait_until("the agent has seen it", [&] {
        return desk.sceau({"keys"}).status == 0 &&
               (desk.sceau({"tokens", "--json"}).out.find("serial") != std::string::npos) == present;
    });
}

/// The person types the PIN so many times.
inline void will_type_pin(const AgentDesk& desk, std::size_t times)
{
    desk.person.will_answer(std::vector<std::string>(times, std::string("pin ") + kPin));
}

struct SoftHsmToken {
    ModuleDesk desk;

    void pull() const { std::filesystem::rename(tokens(), away()); }
    void put_back() const { std::filesystem::rename(away(), tokens()); }
    /// PEM, of an RSA key.
    std::filesystem::path certificate_for_encryption() const { return desk.certificate_of("Carol Example"); }

  private:
    std::filesystem::path tokens() const { return desk.softhsm.folder() / "tokens"; }
    std::filesystem::path away() const { return desk.softhsm.folder() / "away"; }
};

struct CardToken {
    CardDesk desk{{.key = "p256"}};

    void pull() { desk.card.remove(); }
    void put_back() { desk.card.insert(); }
    /// PEM, of the RSA key 9D.
    std::filesystem::path certificate_for_encryption() const;
};

} // namespace sceau::test
