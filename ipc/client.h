// A blocking connection to the agent, for the command and for libraries inside other programs: it raises no signal,
// leaves no descriptor to children and keeps no thread.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "ipc/call.h"
#include "ipc/frame.h"
#include "ipc/messages.h"

#include <filesystem>
#include <functional>

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

    /// Gives a waiting call up when this descriptor (a signalfd, an eventfd, a pipe) becomes readable. Not owned.
    void give_up_when_readable(int fd) { give_up_fd_ = fd; }

    /// -1 once closed.
    int fd() const { return socket_.value(); }

  private:
    explicit Client(base::UniqueFd socket) : socket_(std::move(socket)) {}

    base::Result<> send(std::string_view message);
    base::Result<std::string> receive();
    template <class Method>
    base::Result<DecodedReply<Method>> receive_reply(Mode mode);
    base::Result<> wait_for(short events);
    std::unexpected<base::Error> close_with(base::Error error);

    base::UniqueFd socket_;
    FrameReader reader_;
    int give_up_fd_ = -1;
};

template <class Method>
base::Result<DecodedReply<Method>> Client::receive_reply(Mode mode)
{
    TRY_ASSIGN(const std::string frame, receive());
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

} // namespace sceau::ipc
