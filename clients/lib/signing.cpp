#include "clients/lib/signing.h"

namespace sceau::client {

base::Result<base::Bytes> sign(ipc::Client& agent, const ipc::Sign::Parameters& request, const OnProgress& on_progress)
{
    const auto tell = [&](const ipc::Sign::Reply& reply) { return !reply.progress || on_progress(*reply.progress); };
    TRY_ASSIGN(auto reply, agent.call<ipc::Sign>(request, tell));
    if (!reply.signature)
        return std::unexpected(base::internal("the agent answered without a signature"));
    return *std::move(reply.signature);
}

} // namespace sceau::client
