#include "clients/lib/key_use.h"

#include "base/language.h"
#include "clients/lib/terminal.h"

namespace sceau::client {

namespace {

template <class Method>
base::Result<base::Bytes> use(ipc::Client& agent, typename Method::Parameters request,
                              std::optional<base::Bytes> Method::Reply::* output, const OnProgress& on_progress)
{
    const typename ipc::Client::OnReply<Method> tell = [&](const typename Method::Reply& reply) {
        return !reply.progress || on_progress(*reply.progress);
    };
    if (!request.terminal)
        request.terminal = own_terminal();
    const TerminalSettings settings(request.terminal);
    if (std::string locale = base::own_locale(); !request.locale && !locale.empty())
        request.locale = std::move(locale);
    TRY_ASSIGN(auto reply, agent.call<Method>(request, tell));
    if (!(reply.*output))
        return std::unexpected(base::internal("the agent answered without a result"));
    return *std::move(reply.*output);
}

} // namespace

base::Result<base::Bytes> sign(ipc::Client& agent, const ipc::Sign::Parameters& request, const OnProgress& on_progress)
{
    return use<ipc::Sign>(agent, request, &ipc::Sign::Reply::signature, on_progress);
}

base::Result<base::Bytes> decrypt(ipc::Client& agent, const ipc::Decrypt::Parameters& request,
                                  const OnProgress& on_progress)
{
    return use<ipc::Decrypt>(agent, request, &ipc::Decrypt::Reply::plaintext, on_progress);
}

base::Result<base::Bytes> derive(ipc::Client& agent, const ipc::Derive::Parameters& request,
                                 const OnProgress& on_progress)
{
    return use<ipc::Derive>(agent, request, &ipc::Derive::Reply::secret, on_progress);
}

} // namespace sceau::client
