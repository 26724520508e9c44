// A Unix socket on which other processes drive a test's virtual cards, by the lines of command_line.h: a scripted
// pinentry marks the log where a PIN is typed.
#pragma once

#include "base/unique_fd.h"
#include "tests/virtual-token/command_line.h"

#include <filesystem>
#include <thread>

namespace sceau::test {

class ControlSocket {
  public:
    /// Serves one connection after the other, on a thread of its own. std::runtime_error where it cannot be made.
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
