// A desk whose token is behind the faulty module, and what no fault may touch.
#pragma once

#include "base/key_id.h"
#include "ipc/messages.h"
#include "tests/e2e/agent_desk.h"
#include "tests/faulty-module/faults.h"

#include <functional>

namespace sceau::test {

// For the module: seconds in which a worker does its task surely, even where there is much else to do.
#ifdef SCEAU_SANITIZED
inline constexpr int kShortTime = 8;
#else
inline constexpr int kShortTime = 2;
#endif

/// Whose key: the RSA key, and the P-256 key that needs its PIN again for each signature.
enum class Signer { alice, bob };

class FaultyDesk : public AgentDesk {
  public:
    /// The token "Direction 2026" with both keys. The module may take this long. Returns when the agent knows the keys.
    explicit FaultyDesk(int timeout_s = 20);
    ~FaultyDesk() { drop_agent(); }

    /// Of message_to_sign()'s SHA-256, by the agent, with these answers of the person's.
    base::Result<base::Bytes> sign(Signer signer, const std::vector<std::string>& answers = {"pin 123456"}) const;
    /// Waits for the token when it must, and calls this then.
    base::Result<base::Bytes> sign_waiting(Signer signer, const std::function<void()>& when_it_waits) const;
    /// The same of another digest, all of this byte.
    base::Result<base::Bytes> sign_other(Signer signer, std::uint8_t byte) const;
    bool verifies(Signer signer, const base::Bytes& signature) const;

    base::Result<std::vector<ipc::Key>> keys(bool refresh = false) const;
    /// As a person asks for them: modules that failed before are asked, too.
    ipc::ListTokens::Reply tokens() const;

    /// Orders these faults, signs once, and takes them back. Whatever they are: no wrong signature is released, no more
    /// logins are tried than PINs typed, the error is one of the token's or of the module's, the first function that is
    /// ordered was called, and a signature succeeds afterwards. Returns what came of the first one.
    base::Result<base::Bytes> sign_with(const std::vector<std::string>& orders, Signer signer = Signer::bob) const;
    /// The same of a discovery: it is answered, and the keys are there afterwards.
    std::vector<ipc::Key> discover_with(const std::vector<std::string>& orders) const;
    /// It signs, and no fault is ordered any more.
    void check_that_it_signs(Signer signer = Signer::bob) const;

    SoftHsm softhsm;
    Faults faults;

  private:
    const ipc::Key& key_of(Signer signer) const;
    ipc::Sign::Parameters request(Signer signer, base::Bytes digest) const;

    std::vector<ipc::Key> known_;
};

} // namespace sceau::test
