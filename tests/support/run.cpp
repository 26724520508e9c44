#include "tests/support/run.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace sceau::test {

namespace {

[[noreturn]] void become(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                         int output)
{
    for (const auto& [name, value] : environment)
        ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

std::string read_to_end(int fd)
{
    std::string text;
    std::array<char, 4096> buffer;
    for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    return text;
}

} // namespace

std::string run(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment)
{
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe2");
    const pid_t pid = ::fork();
    if (pid == 0)
        become(command, environment, pipe[1]);
    ::close(pipe[1]);
    std::string output = read_to_end(pipe[0]);
    ::close(pipe[0]);
    int status = 0;
    if (pid < 0 || ::waitpid(pid, &status, 0) != pid || status != 0)
        throw std::runtime_error(command.front() + " failed: " + output);
    return output;
}

} // namespace sceau::test
