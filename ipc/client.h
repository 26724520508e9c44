// A blocking connection to the agent, for the command and for libraries inside other programs: it raises no signal,
// leaves no descriptor to children and keeps no thread.
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

class Client {
  public:
    /// At base::socket_path(). `agent_unreachable` where no agent answers.
    static base::Result<Client> connect();
    static base::Result<Client> connect(const std::filesystem::path& path);

    /// Calls with `more` and gives each reply but the last to `on_reply`; false from it gives up.
    template <class Method>
    using OnReply = std::function<bool(const typename Method::Reply&)>;

    /// Calls and waits for the reply. The agent's own errors are in ipc/errors.h; `agent_unreachable` when the
    /// connection is lost, `cancelled` when given up. After giving up and after what is no reply the connection is
    /// closed: that is how the agent is told.
    template <class Method>
    base::Result<typename Method::Reply> call(const typename Method::Parameters& parameters = {});

    template <class Method>
    base::Result<typename Method::Reply> call(const typename Method::Parameters& parameters,
                                              const OnReply<Method>& on_reply);

    /// Calls with `more` and waits for nothing: next() gives the replies.
    template <class Method>
    base::Result<> begin(const typename Method::Parameters& parameters = {});

    /// The next reply to what was begun; none when no whole one has come within `patience`. 0 does not wait.
    template <class Method>
    base::Result<std::optional<typename Method::Reply>> next(std::chrono::milliseconds patience);

    /// Gives a waiting call up when this descriptor (a signalfd, an eventfd, a pipe) becomes readable. Not owned.
    void give_up_when_readable(int fd) { give_up_fd_ = fd; }

    /// Between two calls: false when the connection was closed, by the agent too.
    bool is_usable() const;

    /// -1 once closed.
    int fd() const { return socket_.value(); }

  private:
    explicit Client(base::UniqueFd socket) : socket_(std::move(socket)) {}

    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr Deadline kNever = Deadline::max();

    base::Result<> send(std::string_view message);
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
    TRY(send(encode_call<Method>(parameters, Mode::single)));
    TRY_ASSIGN(auto reply, receive_reply<Method>(Mode::single));
    return std::move(reply.value);
}

template <class Method>
base::Result<typename Method::Reply> Client::call(const typename Method::Parameters& parameters,
                                                  const OnReply<Method>& on_reply)
{
    TRY(send(encode_call<Method>(parameters, Mode::more)));
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
    return send(encode_call<Method>(parameters, Mode::more));
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
