#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace sceau::test {

using base::UniqueFd;

namespace {

constexpr int kShellSignalStatus = 128;

[[noreturn]] void become(const Arguments& arguments, const Environment& environment)
{
    for (const auto& [name, value] : environment)
        ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv.front(), argv.data());
    ::_exit(127);
}

UniqueFd pipe_with(const std::string& text)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe to be had");
    UniqueFd reader(ends[0]);
    const UniqueFd writer(ends[1]);
    if (::write(writer.value(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("the input is larger than a pipe");
    return reader;
}

std::string content_of(const UniqueFd& file)
{
    std::string text;
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t count = ::pread(file.value(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (count <= 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

int reap(pid_t& pid)
{
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : kShellSignalStatus + WTERMSIG(status);
}

void kill_and_reap(pid_t& pid)
{
    if (pid < 0)
        return;
    ::kill(pid, SIGKILL);
    reap(pid);
}

} // namespace

Program::Program(const Arguments& arguments, const Environment& environment, const std::string& input)
    : out_(::memfd_create("stdout", MFD_CLOEXEC)), err_(::memfd_create("stderr", MFD_CLOEXEC))
{
    const UniqueFd in = pipe_with(input);
    pid_ = ::fork();
    if (pid_ < 0)
        throw std::runtime_error("no process to be had");
    if (pid_ == 0) {
        ::setsid(); // otherwise the program could use the terminal of whoever runs the tests
        ::dup2(in.value(), STDIN_FILENO);
        ::dup2(out_.value(), STDOUT_FILENO);
        ::dup2(err_.value(), STDERR_FILENO);
        become(arguments, environment);
    }
}

Program::~Program()
{
    kill_and_reap(pid_);
}

void Program::signal(int number) const
{
    ::kill(pid_, number);
}

Ended Program::wait()
{
    const int status = reap(pid_);
    return {.status = status, .out = content_of(out_), .err = content_of(err_)};
}

TerminalProgram::TerminalProgram(const Arguments& arguments, const Environment& environment, Streams streams,
                                 unsigned short lines)
    : keyboard_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
{
    if (!keyboard_ || ::grantpt(keyboard_.value()) != 0 || ::unlockpt(keyboard_.value()) != 0)
        throw std::runtime_error("no terminal to be had");
    std::array<char, 64> name{};
    ::ptsname_r(keyboard_.value(), name.data(), name.size());
    terminal_ = UniqueFd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    const winsize size{.ws_row = lines, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(terminal_.value(), TIOCSWINSZ, &size);
    pid_ = ::fork();
    if (pid_ < 0)
        throw std::runtime_error("no process to be had");
    if (pid_ == 0) {
        ::setsid();
        ::ioctl(terminal_.value(), TIOCSCTTY, 0);
        const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            ::dup2(streams == Streams::terminal ? terminal_.value() : nothing.value(), fd);
        become(arguments, environment);
    }
}

TerminalProgram::~TerminalProgram()
{
    kill_and_reap(pid_);
}

bool TerminalProgram::read_more()
{
    // The terminal stays open here, so the keyboard's side does not show its end. Output that has not arrived when the
    // program has ended will not come.
    pollfd watched{.fd = keyboard_.value(), .events = POLLIN, .revents = 0};
    while (::poll(&watched, 1, 100) == 0) {
        siginfo_t ended{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
        if (ended.si_pid != 0 && ::poll(&watched, 1, 0) == 0)
            return false;
    }
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(keyboard_.value(), buffer.data(), buffer.size());
    if (count > 0)
        shown_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

void TerminalProgram::wait_for(const std::string& text)
{
    while (shown_.find(text, waited_for_) == std::string::npos)
        if (!read_more())
            throw std::runtime_error("the program ended without showing \"" + text + "\" but: " + shown_);
    waited_for_ = shown_.find(text, waited_for_) + text.size();
}

void TerminalProgram::type(const std::string& keys) const
{
    if (::write(keyboard_.value(), keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
        throw std::runtime_error("the terminal takes no keys");
}

int TerminalProgram::wait()
{
    while (read_more()) {
    }
    return reap(pid_);
}

termios TerminalProgram::settings() const
{
    termios settings{};
    ::tcgetattr(terminal_.value(), &settings);
    return settings;
}

} // namespace sceau::test
