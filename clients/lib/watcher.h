// What is plugged in, as the agent tells it, kept up to date without a thread and without blocking. For libsceau and
// for the PKCS#11 module, which live inside other programs.
#pragma once

#include "ipc/client.h"

#include <optional>

namespace sceau::client {

class Watcher {
  public:
    /// At that socket; without one at base::socket_path(). Connects when first asked something.
    explicit Watcher(std::optional<std::filesystem::path> socket = {}) : socket_(std::move(socket)) {}

    /// Takes what has come and waits at most `patience` for the first of it; true when anything came. A lost connection
    /// is made again at once, and seen() stays until the new agent has told: it restarts unnoticed. The agent's own
    /// error, or `agent_unreachable`: then seen() is empty.
    base::Result<bool> follow(std::chrono::milliseconds patience);

    /// Empty until something has come.
    const ipc::Watch::Reply& seen() const { return seen_; }

    /// Becomes readable when something comes. Another one after each follow() that found the connection lost; -1 where
    /// there is none.
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
