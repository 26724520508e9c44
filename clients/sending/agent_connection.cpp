#include "clients/sending/agent_connection.h"

#include <poll.h>

namespace sceau::sending {

base::Result<AgentConnection> AgentConnection::open(base::UniqueFd interrupt)
{
    TRY_ASSIGN(ipc::Client client, ipc::Client::connect());
    return AgentConnection(std::move(client), std::move(interrupt));
}

AgentConnection::AgentConnection(ipc::Client client, base::UniqueFd interrupt)
    : client_(std::move(client)), interrupt_(std::move(interrupt))
{
    client_.give_up_when_readable(interrupt_.value());
}

bool AgentConnection::connect_again()
{
    auto client = ipc::Client::connect();
    if (!client)
        return false;
    client_ = *std::move(client);
    client_.give_up_when_readable(interrupt_.value());
    return true;
}

Outcome<ipc::ListTokens::Reply> AgentConnection::list_tokens(const ipc::ListTokens::Parameters& parameters)
{
    return call<ipc::ListTokens>(parameters);
}

Outcome<ipc::ListKeys::Reply> AgentConnection::list_keys(const ipc::ListKeys::Parameters& parameters)
{
    return call<ipc::ListKeys>(parameters);
}

Outcome<ipc::DescribeContent::Reply>
AgentConnection::describe_content(const ipc::DescribeContent::Parameters& parameters)
{
    return call<ipc::DescribeContent>(parameters);
}

Outcome<base::Bytes> AgentConnection::sign(const ipc::Sign::Parameters& request, const client::OnProgress& on_progress)
{
    return or_interrupted(client::sign(client_, request, on_progress));
}

bool AgentConnection::is_interrupted() const
{
    pollfd watched{.fd = interrupt_.value(), .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 0) == 1;
}

} // namespace sceau::sending
