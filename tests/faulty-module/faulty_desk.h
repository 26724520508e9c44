// A desk whose token is behind the faulty module, and the properties that no fault may break.
#pragma once

#include "base/key_id.h"
#include "ipc/messages.h"
#include "tests/e2e/agent_desk.h"
#include "tests/faulty-module/faults.h"

#include <functional>

namespace sceau::test {

// The module's timeout, in seconds, in which a worker surely does its task even on a busy machine.
#ifdef SCEAU_SANITIZED
inline constexpr int kShortTime = 8;
#else
inline constexpr int kShortTime = 2;
#endif

/// Whose key signs: Alice has the RSA key, and Bob the P-256 key that needs its PIN again for each signature.
enum class Signer { alice, bob };

class FaultyDesk : public AgentDesk {
  public:
    /// Has the token "Direction 2026" with both keys. `timeout_s` is the module's timeout. Returns when the agent knows
    /// the keys.
    explicit FaultyDesk(int timeout_s = 20);
    ~FaultyDesk() { drop_agent(); }

    /// Has the agent sign the SHA-256 of message_to_sign(), while the person gives these answers.
    base::Result<base::Bytes> sign(Signer signer, const std::vector<std::string>& answers = {"pin 123456"}) const;
    /// Waits for the token if it must, and then calls the function.
    base::Result<base::Bytes> sign_waiting(Signer signer, const std::function<void()>& when_it_waits) const;
    /// Does the same with another digest, which consists of this byte.
    base::Result<base::Bytes> sign_other(Signer signer, std::uint8_t byte) const;
    bool verifies(Signer signer, const base::Bytes& signature) const;

    base::Result<std::vector<ipc::Key>> keys(bool refresh = false) const;
    /// Lists tokens as a person would: modules that failed before are asked too.
    ipc::ListTokens::Reply tokens() const;

    /// Orders these faults, signs once, and cancels them. Checks what must hold for all faults: no wrong signature is
    /// released, there are no more login attempts than typed PINs, the error is one of the token or the module, the
    /// first ordered function was called, and a signature succeeds afterwards. Returns the result of the first
    /// signature.
    base::Result<base::Bytes> sign_with(const std::vector<std::string>& orders, Signer signer = Signer::bob) const;
    /// Does the same with a discovery: it must be answered, and the keys must be there afterwards.
    std::vector<ipc::Key> discover_with(const std::vector<std::string>& orders) const;
    /// Checks that it signs and that no fault is ordered any more.
    void check_that_it_signs(Signer signer = Signer::bob) const;

    SoftHsm softhsm;
    Faults faults;

  private:
    const ipc::Key& key_of(Signer signer) const;
    ipc::Sign::Parameters request(Signer signer, base::Bytes digest) const;

    std::vector<ipc::Key> known_;
};

} // namespace sceau::test
