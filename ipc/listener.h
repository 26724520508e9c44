// The socket that the agent listens on: its own, or the one that systemd hands over.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace sceau::ipc {

class Listener {
  public:
    /// Binds and listens at `path` with mode 0600. Its folder is made with 0700 where it is missing (its parent is not)
    /// and refused with `not_permitted` where another uid owns it or may write to it. `busy` where an agent listens
    /// there already; the file that one left behind is replaced; `io` for the rest.
    static base::Result<Listener> open(const std::filesystem::path& path);

    /// The socket given by systemd (sd_listen_fds(3)); none when this process was not activated; `io` when what was
    /// given is not exactly one listening Unix stream socket.
    static base::Result<std::optional<Listener>> activated();

    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) = delete;
    /// Removes the socket's file, if it is still the one that open() made.
    ~Listener();

    int fd() const { return fd_.value(); }

  private:
    explicit Listener(base::UniqueFd fd) : fd_(std::move(fd)) {}

    base::UniqueFd fd_;
    std::filesystem::path path_; // empty: the socket is systemd's
    dev_t device_ = 0;           // of the file that bind() made at path_
    ino_t inode_ = 0;
};

} // namespace sceau::ipc
