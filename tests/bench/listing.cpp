// listing measures what it costs when a program lists the objects of a card through sceau-pkcs11.so, compared with the
// same program and OpenSC's module. It produces the figures of docs/measurements.md. It measures whole processes in
// turn; the card answers at once. scripts/bench runs it. It exits with 1 if a required figure is missed.
#include "tests/bench/table.h"
#include "tests/e2e/module_desk.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

using namespace sceau::test;

namespace {

constexpr std::size_t kRuns = 21;
constexpr double kRequiredRatio = 0.25;

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Returns the exit status as in waitpid(2).
int run_quietly(Arguments command, const Environment& variables)
{
    std::vector<std::string> environment = {"PATH=/usr/bin:/bin"};
    for (const auto& [name, value] : variables)
        environment.push_back(name + "=" + value);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
        ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    int status = -1;
    if (::posix_spawn(&child, command[0].c_str(), &actions, nullptr, pointers_to(command).data(),
                      pointers_to(environment).data()) == 0)
        ::waitpid(child, &status, 0);
    ::posix_spawn_file_actions_destroy(&actions);
    return status;
}

class Lister {
  public:
    Lister(std::string module, const Environment& environment)
        : command_{"/usr/bin/pkcs11-tool", "--module", std::move(module), "-O"}, environment_(environment)
    {
        const Ended ended = Program(command_, environment_).wait();
        if (ended.status != 0 || ended.out.find("Alice Example") == std::string::npos)
            throw std::runtime_error(command_[2] + " does not list: " + ended.out + ended.err);
    }

    /// Measures the program from start to end. Its output is thrown away, so that reading it does not count.
    void run()
    {
        const auto begin = std::chrono::steady_clock::now();
        const int status = run_quietly(command_, environment_);
        const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
        if (status != 0)
            throw std::runtime_error(command_[2] + " does not list");
        milliseconds_.push_back(taken.count());
    }

    double median() const
    {
        std::vector<double> sorted = milliseconds_;
        std::ranges::sort(sorted);
        return sorted[sorted.size() / 2];
    }

  private:
    Arguments command_;
    Environment environment_;
    std::vector<double> milliseconds_;
};

} // namespace

int main()
{
    OnCard desk;
    VirtualCard& card = desk.desk.card;
    Environment at_the_card = desk.environment;
    at_the_card.merge(desk.desk.pcscd.environment());
    Lister through(ModuleDesk::module_path(), desk.environment);
    Lister directly(kOpenscModule, at_the_card);
    std::size_t apdus = 0;
    std::size_t apdus_directly = 0;
    for (std::size_t run = 0; run < kRuns; ++run) {
        card.clear_log();
        through.run();
        apdus += count_apdus(card.log());
        directly.run();
        apdus_directly = count_apdus(card.log());
    }
    const double ratio = through.median() / directly.median();
    fmt::print(
        "pkcs11-tool -O, {} runs each: {:.1f} ms through the agent, {:.1f} ms and {} APDUs with OpenSC's module\n",
        kRuns, through.median(), directly.median(), apdus_directly);
    bool reached = print_count("APDUs through the agent, in all runs", apdus, 0);
    reached &= print("ratio of the medians", fmt::format("{:.3f}", ratio), fmt::format("<= {:.2f}", kRequiredRatio),
                     ratio <= kRequiredRatio);
    return reached ? 0 : 1;
}
