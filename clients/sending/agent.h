// The requests that programs which send mail make of the agent. AgentConnection makes them of the real one; tests
// script their own.
#pragma once

#include "clients/lib/key_use.h"
#include "clients/sending/failure.h"

namespace sceau::sending {

/// Each call blocks until it is answered, which for a signature takes as long as the person needs. An asynchronous
/// program calls from a thread of its own.
class Agent {
  public:
    Agent() = default;
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    virtual ~Agent() = default;

    virtual Outcome<ipc::ListTokens::Reply> list_tokens(const ipc::ListTokens::Parameters& parameters) = 0;
    virtual Outcome<ipc::ListKeys::Reply> list_keys(const ipc::ListKeys::Parameters& parameters) = 0;
    /// Fails with `method_not_found` if the agent is one that wants no attributes.
    virtual Outcome<ipc::DescribeContent::Reply>
    describe_content(const ipc::DescribeContent::Parameters& parameters) = 0;
    /// Returns the signature (ECDSA: DER). If the request names no terminal, the agent may open its PIN dialog on that
    /// of this process, which is left as it was found.
    virtual Outcome<base::Bytes> sign(const ipc::Sign::Parameters& request, const client::OnProgress& on_progress) = 0;

  protected:
    Agent(Agent&&) = default;
    Agent& operator=(Agent&&) = default;
};

} // namespace sceau::sending
