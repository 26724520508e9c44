// A blocking connection to the agent, for the command and for libraries inside other programs. It raises no signals,
// passes no descriptors to child processes and keeps no thread.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "ipc/call.h"
#include "ipc/frame.h"
#include "ipc/messages.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>

namespace sceau::ipc {

/// Returns the descriptor that goes with a call, or -1.
template <class Parameters>
int passed_with(const Parameters& parameters)
{
    if constexpr (std::is_same_v<Parameters, Sign::Parameters>)
        if (parameters.evidence && parameters.evidence->content && *parameters.evidence->content)
            return (*parameters.evidence->content)->fd();
    if constexpr (std::is_same_v<Parameters, DescribeContent::Parameters>)
        if (parameters.content && *parameters.content)
            return (*parameters.content)->fd();
    return -1;
}

class Client {
  public:
    /// Connects to base::socket_path(). Fails with `agent_unreachable` if no agent answers.
    static base::Result<Client> connect();
    static base::Result<Client> connect(const std::filesystem::path& path);

    /// Receives every reply but the last of a call with `more`; returning false gives up the call.
    template <class Method>
    using OnReply = std::function<bool(const typename Method::Reply&)>;

    /// Calls and waits for the reply. The agent's own errors are in ipc/errors.h. Fails with `agent_unreachable` when
    /// the connection is lost and with `cancelled` when the call is given up. Giving up, or receiving something that is
    /// not a reply, closes the connection, which is how the agent learns of it.
    template <class Method>
    base::Result<typename Method::Reply> call(const typename Method::Parameters& parameters = {});

    template <class Method>
    base::Result<typename Method::Reply> call(const typename Method::Parameters& parameters,
                                              const OnReply<Method>& on_reply);

    /// Calls with `more` and does not wait: next() returns the replies.
    template <class Method>
    base::Result<> begin(const typename Method::Parameters& parameters = {});

    /// Returns the next reply to begin(), or nothing if no whole reply arrives within `patience`. 0 does not wait.
    template <class Method>
    base::Result<std::optional<typename Method::Reply>> next(std::chrono::milliseconds patience);

    /// Gives up a waiting call when this descriptor (a signalfd, an eventfd, a pipe) becomes readable. It is not owned.
    void give_up_when_readable(int fd) { give_up_fd_ = fd; }

    /// To be asked between two calls: false when the connection was closed, whether by this side or by the agent.
    bool is_usable() const;

    /// Returns -1 once closed.
    int fd() const { return socket_.value(); }

  private:
    explicit Client(base::UniqueFd socket) : socket_(std::move(socket)) {}

    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr Deadline kNever = Deadline::max();

    /// A descriptor goes with the first byte; none is -1.
    base::Result<> send(std::string_view message, int passed);
    base::Result<std::optional<std::string>> receive(Deadline deadline);
    template <class Method>
    base::Result<DecodedReply<Method>> receive_reply(Mode mode);
    template <class Method>
    base::Result<DecodedReply<Method>> reply_in(std::string_view frame, Mode mode);
    base::Result<bool> wait_for(short events, Deadline deadline);
    std::unexpected<base::Error> close_with(base::Error error);

    base::UniqueFd socket_;
    FrameReader reader_;
    int give_up_fd_ = -1;
};

template <class Method>
base::Result<DecodedReply<Method>> Client::receive_reply(Mode mode)
{
    TRY_ASSIGN(const auto frame, receive(kNever));
    return reply_in<Method>(*frame, mode);
}

template <class Method>
base::Result<DecodedReply<Method>> Client::reply_in(std::string_view frame, Mode mode)
{
    auto reply = decode_reply<Method>(frame);
    if (!reply && reply.error().code == base::ErrorCode::bad_frame)
        return close_with(std::move(reply).error());
    if (reply && reply->continues && mode == Mode::single)
        return close_with(base::bad_frame("a reply that continues, which was not asked for"));
    return reply;
}

template <class Method>
base::Result<typename Method::Reply> Client::call(const typename Method::Parameters& parameters)
{
    TRY(send(encode_call<Method>(parameters, Mode::single), passed_with(parameters)));
    TRY_ASSIGN(auto reply, receive_reply<Method>(Mode::single));
    return std::move(reply.value);
}

template <class Method>
base::Result<typename Method::Reply> Client::call(const typename Method::Parameters& parameters,
                                                  const OnReply<Method>& on_reply)
{
    TRY(send(encode_call<Method>(parameters, Mode::more), passed_with(parameters)));
    while (true) {
        TRY_ASSIGN(auto reply, receive_reply<Method>(Mode::more));
        if (!reply.continues)
            return std::move(reply.value);
        if (!on_reply(reply.value))
            return close_with(base::cancelled("given up by the caller"));
    }
}

template <class Method>
base::Result<> Client::begin(const typename Method::Parameters& parameters)
{
    return send(encode_call<Method>(parameters, Mode::more), passed_with(parameters));
}

template <class Method>
base::Result<std::optional<typename Method::Reply>> Client::next(std::chrono::milliseconds patience)
{
    TRY_ASSIGN(const auto frame, receive(std::chrono::steady_clock::now() + patience));
    if (!frame)
        return std::nullopt;
    TRY_ASSIGN(auto reply, reply_in<Method>(*frame, Mode::more));
    return std::move(reply.value);
}

} // namespace sceau::ipc
