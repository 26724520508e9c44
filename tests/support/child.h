// Child processes of a test, for tests of what one process can do to another.
#pragma once

#include "base/pidfd.h"
#include "base/unique_fd.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace sceau::test {

using base::UniqueFd;

inline constexpr int kPatience = 60'000; // milliseconds

inline std::filesystem::path folder_of(pid_t process)
{
    return std::filesystem::path("/proc") / std::to_string(process);
}

inline std::string contents(const std::filesystem::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

inline bool has(const std::filesystem::path& file, const std::string& text)
{
    return contents(file).find(text) != std::string::npos;
}

/// Waits until the process is dead.
inline bool dies(pid_t pid)
{
    const UniqueFd process(::pidfd_open(pid, 0));
    pollfd death = {.fd = process.value(), .events = POLLIN, .revents = 0};
    return !process || ::poll(&death, 1, kPatience) == 1;
}

/// A child that calls the function and then waits; it is killed when the object or the process ends.
class Child {
  public:
    explicit Child(const std::function<void(int)>& act)
    {
        if (::pipe2(news_.data(), 0) != 0)
            throw std::runtime_error("no pipe to be had");
        pid_ = ::fork();
        if (pid_ != 0)
            return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a child that is killed itself cannot end its own children
        act(news_[1]);
        while (true)
            ::pause();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child()
    {
        ::close(news_[0]);
        ::close(news_[1]);
        end();
    }

    void end()
    {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
        pid_ = -1;
    }
    bool has_news() const
    {
        pollfd written = {.fd = news_[0], .events = POLLIN, .revents = 0};
        return ::poll(&written, 1, 0) == 1;
    }
    /// Returns what the child wrote; -1 if nothing comes.
    int news() const
    {
        int number = -1;
        pollfd written = {.fd = news_[0], .events = POLLIN, .revents = 0};
        if (::poll(&written, 1, kPatience) != 1 || ::read(news_[0], &number, sizeof number) != sizeof number)
            return -1;
        return number;
    }

  private:
    std::array<int, 2> news_{};
    pid_t pid_ = -1;
};

inline void tell(int news, int number)
{
    if (::write(news, &number, sizeof number) != sizeof number)
        ::_exit(1);
}

inline std::vector<pid_t> children_of(pid_t parent)
{
    std::vector<pid_t> children;
    std::ifstream list(folder_of(parent) / "task" / std::to_string(parent) / "children");
    for (pid_t child = 0; list >> child;)
        children.push_back(child);
    return children;
}

} // namespace sceau::test
