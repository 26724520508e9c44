#include "tests/faulty-module/orders.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace sceau::faulty {

namespace {

/// Returns the worker's task, after which this process is named.
std::string task()
{
    std::array<char, 16> name{};
    ::prctl(PR_GET_NAME, name.data());
    return std::string_view(name.data()) == "sceau-discover" ? "discover" : "sign";
}

/// The words of a line. The first may be a task.
struct Line {
    std::string task;
    std::string function;
    std::size_t number = 0; // 0 means every call
    Order order;
};

Line parse(const std::string& text)
{
    Line line;
    std::istringstream words(text);
    words >> line.function;
    if (line.function == "sign" || line.function == "discover") {
        line.task = line.function;
        words >> line.function;
    }
    words >> line.order.fault >> line.order.argument;
    if (const auto mark = line.function.find('#'); mark != std::string::npos) {
        line.number = std::stoul(line.function.substr(mark + 1));
        line.function.resize(mark);
    }
    return line;
}

/// Includes this call.
std::size_t calls_of(const std::string& function)
{
    std::ifstream calls(file("calls"));
    std::size_t count = 0;
    for (std::string call; std::getline(calls, call);)
        count += call.substr(call.find(' ') + 1) == function ? 1U : 0U;
    return count;
}

} // namespace

std::filesystem::path file(std::string_view name)
{
    const char* folder = std::getenv("SCEAU_FAULTS");
    return std::filesystem::path(folder == nullptr ? "/nonexistent" : folder) / name;
}

std::vector<Order> note_call(const std::string& function)
{
    const std::string own_task = task();
    std::ofstream(file("calls"), std::ios::app) << own_task << " " + function + "\n";
    std::vector<Order> orders;
    std::ifstream lines(file("orders"));
    for (std::string text; std::getline(lines, text);) {
        Line line = parse(text);
        if (line.function == function && (line.task.empty() || line.task == own_task) &&
            (line.number == 0 || line.number == calls_of(function)))
            orders.push_back(std::move(line.order));
    }
    return orders;
}

void reorder(const std::string& orders)
{
    std::ofstream(file("orders.new")) << orders;
    std::filesystem::rename(file("orders.new"), file("orders"));
}

void tell(const std::string& news)
{
    const int pipe = ::open(file("news").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    const std::string line = news + "\n";
    if (pipe < 0 || ::write(pipe, line.data(), line.size()) < 0)
        std::abort();
    ::close(pipe);
}

} // namespace sceau::faulty
