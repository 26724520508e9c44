#include "tests/faulty-module/faults.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace sceau::test {

Faults::Faults()
{
    const std::filesystem::path news = folder_.path() / "news";
    ::mkfifo(news.c_str(), 0600);
    news_ = base::UniqueFd(::open(news.c_str(), O_RDWR | O_CLOEXEC)); // also for writing, so that it never ends
    if (!news_)
        throw std::runtime_error("no pipe to hear the module on");
}

// The calls are removed first, so that numbers in the new orders count from here.
void Faults::order(const std::vector<std::string>& orders) const
{
    std::string text;
    for (const std::string& order : orders)
        text += order + "\n";
    folder_.write("calls", "");
    folder_.write("orders.new", text);
    std::filesystem::rename(folder_.path() / "orders.new", folder_.path() / "orders");
}

pkcs11::Module Faults::module(const SoftHsm& softhsm) const
{
    return softhsm.module(SCEAU_BINARY_DIR "/tests/faulty-module.so", {{"SCEAU_FAULTS", folder_.path()}});
}

std::size_t Faults::calls_of(const std::string& function) const
{
    std::ifstream calls(folder_.path() / "calls");
    std::size_t count = 0;
    for (std::string call; std::getline(calls, call);)
        count += call.substr(call.find(' ') + 1) == function ? 1U : 0U;
    return count;
}

std::string Faults::wait_for_news() const
{
    std::string line;
    for (char character = 0; character != '\n'; line += character) {
        pollfd news = {.fd = news_.value(), .events = POLLIN, .revents = 0};
        if (::poll(&news, 1, 20'000) != 1 || ::read(news_.value(), &character, 1) != 1)
            throw std::runtime_error("the faulty module tells nothing");
    }
    line.pop_back();
    return line;
}

std::vector<ReturnValue> all_failures()
{
    static const std::regex kDefinition(R"(#define (CKR_\w+)\s+\((0x[0-9a-f]+|[0-9]+)UL\))");
    std::vector<ReturnValue> values = {{.name = "CKR 0x80000001", .value = 0x8000'0001}};
    std::ifstream header(SCEAU_PKCS11_HEADER);
    std::smatch match;
    for (std::string line; std::getline(header, line);)
        if (std::regex_search(line, match, kDefinition) && match[1] != "CKR_OK")
            values.push_back({.name = match[1], .value = std::stoul(match[2], nullptr, 0)});
    if (values.size() < 90)
        throw std::runtime_error("pkcs11.h is not read as it is written");
    return values;
}

} // namespace sceau::test
