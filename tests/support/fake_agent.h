// An agent for tests of its clients: the real server, with software keys on tokens that a test plugs in and pulls out.
#pragma once

#include "ipc/messages.h"
#include "tests/support/pki.h"
#include "tests/support/temporary_folder.h"

#include <memory>
#include <optional>

namespace sceau::test {

class FakeAgent {
  public:
    /// Sets this process's SCEAU_SOCKET to its socket.
    FakeAgent();
    ~FakeAgent();
    FakeAgent(const FakeAgent&) = delete;
    FakeAgent& operator=(const FakeAgent&) = delete;

    /// Plugs in a token with these keys, whose serial is the same as its label. `cka_ids` are the keys' CKA_IDs, in the
    /// same order; without them the keys have none.
    void plug(const std::string& label, const std::vector<const Identity*>& keys,
              const std::vector<base::Bytes>& cka_ids = {});
    void pull(const std::string& label);
    /// Sets the issuers that every plugged key is listed with.
    void tell_issuers(const std::vector<base::Bytes>& chain, const std::optional<std::string>& missing);

    /// Sets the error with which Sign answers from now on; without one it signs.
    void refuse(std::optional<base::Error> error);
    /// Makes Sign, Decrypt and Derive wait until the next call of release().
    void hold();
    void release();
    /// Returns when this many calls are waiting.
    void wait_for_held(int count) const;
    int signatures() const;
    ipc::Sign::Parameters last_request() const;
    /// The connections on which Decrypt and Derive were called, one entry for each call.
    std::vector<std::weak_ptr<const void>> decryptions() const;

    /// The agent ends, or starts again with the tokens that it had.
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
