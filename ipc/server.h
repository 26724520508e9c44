// The agent's side of the socket. It enforces all rules of the transport (docs/protocol.md), so that the handler deals
// with requests only. It runs on one thread, that of the io_context.
#pragma once

#include "base/result.h"
#include "ipc/listener.h"
#include "ipc/messages.h"
#include "ipc/peer.h"

#include <asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace sceau::ipc {

/// Sends the replies that come before the last one.
class ReplyStream {
  public:
    virtual ~ReplyStream() = default;

    /// Whether the caller asked for these replies.
    virtual bool more() const = 0;

    /// Sends one reply and waits until the caller has room for it; does nothing if the caller did not ask for it. Fails
    /// with `cancelled` when the caller is gone or does not take the reply in time (the time for progress is short,
    /// since others wait meanwhile), and with `internal` when the reply is longer than a frame may be.
    virtual asio::awaitable<base::Result<>> send(Reply reply) = 0;
};

/// Answers one request with its last reply. Peer and ReplyStream live until the coroutine ends. When the caller goes or
/// the server stops, the coroutine is cancelled (asio's terminal cancellation).
using Handler = std::function<asio::awaitable<base::Result<Reply>>(const Peer&, Request, ReplyStream&)>;

struct Limits {
    std::size_t clients = 256;
    std::size_t waiting = 16;                  // unanswered requests of one client
    std::size_t bytes = std::size_t{16} << 20; // of all clients' unanswered requests (request_budget.h)
    std::chrono::milliseconds frame_timeout = std::chrono::seconds(30);          // to finish a frame
    std::chrono::milliseconds reply_timeout = std::chrono::seconds(30);          // to take a reply
    std::chrono::milliseconds progress_timeout = std::chrono::milliseconds(500); // to take a progress reply
    std::chrono::milliseconds stop_timeout = std::chrono::seconds(2); // for replies under way when stop() is called
};

/// Must be destroyed before the io_context on which it runs.
class Server {
  public:
    Server(Listener listener, Handler handler, Limits limits = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Serves until stop(), and returns when the last client is gone, at most Limits::stop_timeout later. Must be
    /// spawned once only.
    asio::awaitable<void> run();

    /// Closes the listener, cancels all handlers and gives their replies Limits::stop_timeout. Must be called on the
    /// io_context's thread.
    void stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace sceau::ipc
