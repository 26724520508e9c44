// The socket on which the agent listens: its own, or the one that systemd passes.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace sceau::ipc {

class Listener {
  public:
    /// Binds and listens at `path` with mode 0600. A missing folder is created with mode 0700, but not its parents.
    /// Fails with `not_permitted` if another uid owns the folder or may write to it, `busy` if an agent already listens
    /// there, and `io` otherwise. A file that an earlier agent left behind is replaced.
    static base::Result<Listener> open(const std::filesystem::path& path);

    /// Returns the socket that systemd passed (sd_listen_fds(3)), or nothing if this process was not activated. Fails
    /// with `io` unless exactly one listening Unix stream socket was passed.
    static base::Result<std::optional<Listener>> activated();

    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) = delete;
    /// Removes the socket's file if it is still the one that open() created.
    ~Listener();

    int fd() const { return fd_.value(); }

  private:
    explicit Listener(base::UniqueFd fd) : fd_(std::move(fd)) {}

    base::UniqueFd fd_;
    std::filesystem::path path_; // empty: the socket belongs to systemd
    dev_t device_ = 0;           // of the file that bind() created at path_
    ino_t inode_ = 0;
};

} // namespace sceau::ipc
