// A program's connection to the agent. Its calls end with Interrupted when the program is told to end.
#pragma once

#include "clients/sending/agent.h"

namespace sceau::sending {

class AgentConnection final : public Agent {
  public:
    /// Connects to base::socket_path(). A call is given up once `interrupt` becomes readable. This may be Ctrl-C
    /// (sending/interrupt.h) or an eventfd of the program's; if it is empty, nothing interrupts calls.
    static base::Result<AgentConnection> open(base::UniqueFd interrupt = {});

    /// Makes a call for which no person is asked. If the agent was about to end, the call is repeated once, since
    /// systemd starts another agent.
    template <class Method>
    Outcome<typename Method::Reply> call(const typename Method::Parameters& parameters = {})
    {
        static_assert(std::is_same_v<Method, ipc::ListTokens> || std::is_same_v<Method, ipc::ListKeys> ||
                      std::is_same_v<Method, ipc::DescribeContent>);
        auto reply = client_.call<Method>(parameters);
        if (!reply && reply.error().code == base::ErrorCode::agent_unreachable && connect_again())
            reply = client_.call<Method>(parameters);
        return or_interrupted(std::move(reply));
    }

    template <class Method>
    Outcome<typename Method::Reply> call(const typename Method::Parameters& parameters,
                                         const ipc::Client::OnReply<Method>& on_reply)
    {
        return or_interrupted(client_.call<Method>(parameters, on_reply));
    }

    Outcome<ipc::ListTokens::Reply> list_tokens(const ipc::ListTokens::Parameters& parameters) override;
    Outcome<ipc::ListKeys::Reply> list_keys(const ipc::ListKeys::Parameters& parameters) override;
    Outcome<ipc::DescribeContent::Reply> describe_content(const ipc::DescribeContent::Parameters& parameters) override;
    Outcome<base::Bytes> sign(const ipc::Sign::Parameters& request, const client::OnProgress& on_progress) override;

    /// Whether the program is told to end; for work that takes time outside calls.
    bool is_interrupted() const;

  private:
    AgentConnection(ipc::Client client, base::UniqueFd interrupt);

    bool connect_again();

    template <class Reply>
    Outcome<Reply> or_interrupted(base::Result<Reply> reply) const
    {
        if (!reply && is_interrupted())
            return std::unexpected(Interrupted{});
        TRY_ASSIGN(auto value, std::move(reply));
        return value;
    }

    ipc::Client client_;
    base::UniqueFd interrupt_;
};

} // namespace sceau::sending
