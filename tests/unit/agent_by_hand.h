// The agent's own program, started by hand, without a unit that confines it.
#pragma once

#include "tests/support/child.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <fcntl.h>

namespace sceau::test {

/// Runs the agent's program without a unit, after calling `before` in its process. It is ready once it serves and has a
/// worker.
class AgentByHand {
  public:
    explicit AgentByHand(const std::function<void()>& before)
        : starter_([&](int news) {
              const pid_t agent = ::fork();
              if (agent == 0)
                  become_agent(before);
              tell(news, agent);
          })
    {
        pid_ = starter_.news();
        const UniqueFd process(::pidfd_open(pid_, 0));
        pollfd death = {.fd = process.value(), .events = POLLIN, .revents = 0};
        while (log().find("ready on") == std::string::npos || children_of(pid_).empty())
            REQUIRE(::poll(&death, 1, 20) == 0);
    }
    AgentByHand(const AgentByHand&) = delete;
    AgentByHand& operator=(const AgentByHand&) = delete;
    ~AgentByHand() { ::kill(pid_, SIGKILL); }

    pid_t pid() const { return pid_; }
    pid_t worker() const { return children_of(pid_).front(); }
    std::string log() const { return folder_.read("log"); }

  private:
    [[noreturn]] void become_agent(const std::function<void()>& before) const
    {
        const std::filesystem::path config =
            folder_.write("agent.toml", "[[module]]\npath = \"/nonexistent/module.so\"\n");
        before();
        const int log = ::open((folder_.path() / "log").c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(log, STDERR_FILENO);
        ::setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
        ::setenv("SCEAU_SOCKET", (folder_.path() / "agent").c_str(), 1);
        ::execl(SCEAU_BINARY_DIR "/bin/sceau-agent", "sceau-agent", "--config", config.c_str(), nullptr);
        ::_exit(1);
    }

    TemporaryFolder folder_;
    Child starter_;
    pid_t pid_ = -1;
};

} // namespace sceau::test
