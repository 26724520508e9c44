// What is plugged in according to the agent, kept up to date without a thread and without blocking. For libsceau and
// the PKCS#11 module, which run inside other programs.
#pragma once

#include "ipc/client.h"

#include <optional>

namespace sceau::client {

class Watcher {
  public:
    /// Uses that socket, or base::socket_path() if none is given. The first call of follow() connects.
    explicit Watcher(std::optional<std::filesystem::path> socket = {}) : socket_(std::move(socket)) {}

    /// Processes what has arrived, waiting at most `patience` for the first message, and returns whether anything
    /// arrived. A lost connection is replaced at once, and seen() stays until the new agent has answered, so that its
    /// restart goes unnoticed. Fails with the agent's own error or with `agent_unreachable`; seen() is then empty.
    base::Result<bool> follow(std::chrono::milliseconds patience);

    /// Empty until something has arrived.
    const ipc::Watch::Reply& seen() const { return seen_; }

    /// A descriptor that becomes readable when something arrives, or -1 without a connection. It changes after each
    /// follow() that found the connection lost.
    int fd() const { return client_ ? client_->fd() : -1; }

    void give_up_when_readable(int fd) { give_up_fd_ = fd; }

  private:
    base::Result<> connect();
    base::Result<bool> take(std::chrono::milliseconds patience);
    std::unexpected<base::Error> forget(base::Error error);

    std::optional<std::filesystem::path> socket_;
    std::optional<ipc::Client> client_;
    ipc::Watch::Reply seen_;
    int give_up_fd_ = -1;
};

} // namespace sceau::client
