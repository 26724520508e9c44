// What those that send ask of the agent. AgentConnection asks the real one; tests script their own.
#pragma once

#include "clients/lib/key_use.h"
#include "clients/sending/failure.h"

namespace sceau::sending {

/// Each call blocks until it is answered, which takes as long as the person does for a signature: an asynchronous
/// program calls from a thread of its own.
class Agent {
  public:
    Agent() = default;
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    virtual ~Agent() = default;

    virtual Outcome<ipc::ListTokens::Reply> list_tokens(const ipc::ListTokens::Parameters& parameters) = 0;
    virtual Outcome<ipc::ListKeys::Reply> list_keys(const ipc::ListKeys::Parameters& parameters) = 0;
    /// The signature (ECDSA: DER). The agent gets this process's terminal for its PIN dialog where the request names
    /// none, and the terminal is left as it was found.
    virtual Outcome<base::Bytes> sign(const ipc::Sign::Parameters& request, const client::OnProgress& on_progress) = 0;

  protected:
    Agent(Agent&&) = default;
    Agent& operator=(Agent&&) = default;
};

} // namespace sceau::sending
