// The command's connection to the agent: a call ends with Interrupted when the person presses Ctrl-C.
#pragma once

#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/lib/key_use.h"

namespace sceau::cli {

class AgentConnection {
  public:
    /// At base::socket_path(). From now on Ctrl-C ends calls, not the process.
    static Outcome<AgentConnection> open();

    /// Of what no person is asked for: once more, where the agent was about to end, since systemd starts another one.
    template <class Method>
    Outcome<typename Method::Reply> call(const typename Method::Parameters& parameters = {})
    {
        static_assert(std::is_same_v<Method, ipc::ListTokens> || std::is_same_v<Method, ipc::ListKeys>);
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

    Outcome<base::Bytes> sign(const ipc::Sign::Parameters& request, const client::OnProgress& on_progress)
    {
        return or_interrupted(client::sign(client_, request, on_progress));
    }

    /// The person wants it to end; for what takes its time besides calls.
    bool is_interrupted() const { return interrupt_.happened(); }

  private:
    AgentConnection(ipc::Client client, Interrupt interrupt)
        : client_(std::move(client)), interrupt_(std::move(interrupt))
    {
        client_.give_up_when_readable(interrupt_.fd());
    }

    bool connect_again();

    template <class Reply>
    Outcome<Reply> or_interrupted(base::Result<Reply> reply) const
    {
        if (!reply && interrupt_.happened())
            return std::unexpected(Interrupted{});
        TRY_ASSIGN(auto value, std::move(reply));
        return value;
    }

    ipc::Client client_;
    Interrupt interrupt_;
};

} // namespace sceau::cli
