// A Unix socket through which other processes drive a test's virtual cards, with the lines of command_line.h. For
// example, a scripted pinentry marks the moment in the log at which a PIN is typed.
#pragma once

#include "base/unique_fd.h"
#include "tests/virtual-token/command_line.h"

#include <filesystem>
#include <thread>

namespace sceau::test {

class ControlSocket {
  public:
    /// Serves one connection after the other on a thread of its own. Throws std::runtime_error if the socket cannot be
    /// made.
    ControlSocket(const std::filesystem::path& path, CommandLine commands);
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;
    ~ControlSocket();

  private:
    void run();
    void serve(int connection);

    CommandLine commands_;
    base::UniqueFd listener_;
    base::UniqueFd stop_; // an eventfd
    std::thread thread_;
};

} // namespace sceau::test
