// An agent for tests of what stands on its socket: the real server, with tokens that are plugged in and pulled at will
// and keys in software.
#pragma once

#include "ipc/messages.h"
#include "tests/support/pki.h"
#include "tests/support/temporary_folder.h"

#include <memory>
#include <optional>

namespace sceau::test {

class FakeAgent {
  public:
    /// SCEAU_SOCKET of this process names its socket from now on.
    FakeAgent();
    ~FakeAgent();
    FakeAgent(const FakeAgent&) = delete;
    FakeAgent& operator=(const FakeAgent&) = delete;

    /// A token with these keys. The label of the token is also its serial. With the keys' CKA_IDs, in their order;
    /// otherwise none is told.
    void plug(const std::string& label, const std::vector<const Identity*>& keys,
              const std::vector<base::Bytes>& cka_ids = {});
    void pull(const std::string& label);
    /// What is told of the issuers of every key that is plugged in.
    void tell_issuers(const std::vector<base::Bytes>& chain, const std::optional<std::string>& missing);

    /// What Sign answers from now on; none: signatures.
    void refuse(std::optional<base::Error> error);
    /// Sign, Decrypt and Derive wait from now on, until the next call of release().
    void hold();
    void release();
    /// Returns when so many calls are waiting.
    void wait_for_held(int count) const;
    int signatures() const;
    ipc::Sign::Parameters last_request() const;
    /// The connections on which Decrypt and Derive were called, a call each.
    std::vector<std::weak_ptr<const void>> decryptions() const;

    /// The agent ends, or begins again with the tokens that it had.
    void stop();
    void start();

    std::filesystem::path socket() const { return folder_.path() / "agent"; }

  private:
    struct State;
    struct Loop;
    TemporaryFolder folder_;
    std::shared_ptr<State> state_;
    std::unique_ptr<Loop> loop_;
};

} // namespace sceau::test
