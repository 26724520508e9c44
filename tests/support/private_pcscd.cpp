#include "tests/support/private_pcscd.h"

#include "tests/support/descriptor_passing.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace sceau::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kReader = "Virtual reader";
constexpr int kFirstPort = 35963; // vpcd's own; its slots take one each. In the sandbox nobody else has them
constexpr std::size_t kSlots = 2; // of Debian's vpcd

struct Pair {
    base::UniqueFd ours;
    base::UniqueFd theirs;
};

Pair packet_pair()
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("socketpair");
    return {.ours = base::UniqueFd(ends[0]), .theirs = base::UniqueFd(ends[1])};
}

/// The sandbox has the two as its descriptors 3 and 4.
pid_t spawn_sandbox(const fs::path& folder, int orders, int connections)
{
    const std::string program = fs::path(SCEAU_BINARY_DIR) / "tests/pcscd-sandbox";
    std::string argument = folder;
    std::array<char*, 3> arguments = {const_cast<char*>(program.c_str()), argument.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // By way of high numbers: one of the two may be 3 or 4 itself.
    posix_spawn_file_actions_adddup2(&actions, orders, 103);
    posix_spawn_file_actions_adddup2(&actions, connections, 104);
    posix_spawn_file_actions_adddup2(&actions, 103, 3);
    posix_spawn_file_actions_adddup2(&actions, 104, 4);
    posix_spawn_file_actions_addclosefrom_np(&actions, 5);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::runtime_error("pcscd-sandbox cannot be started");
    return pid;
}

} // namespace

PrivatePcscd::PrivatePcscd(std::vector<VirtualCard*> cards, Start start_when) : cards_(std::move(cards))
{
    if (cards_.size() > kSlots)
        throw std::runtime_error("vpcd has too few slots");
    fs::create_directory(folder() / "readers");
    folder_.write("readers/vpcd", std::string("FRIENDLYNAME \"") + kReader +
                                      "\"\n"
                                      "DEVICENAME /dev/null:" +
                                      std::to_string(kFirstPort) +
                                      "\n"
                                      "LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\n"
                                      "CHANNELID 0\n");
    start_sandbox();
    try {
        if (start_when == Start::now)
            start();
    } catch (...) {
        stop_sandbox();
        throw;
    }
}

PrivatePcscd::~PrivatePcscd()
{
    for (VirtualCard* card : cards_)
        card->detach();
    stop_sandbox();
}

void PrivatePcscd::start_sandbox()
{
    Pair orders = packet_pair();
    Pair connections = packet_pair();
    sandbox_ = spawn_sandbox(folder(), orders.theirs.value(), connections.theirs.value());
    orders_ = std::move(orders.ours);
    connections_ = std::move(connections.ours);
    orders.theirs.reset();
    const auto greeting = receive_packet(orders_.value());
    if (!greeting || greeting->text != "ok") {
        stop_sandbox();
        throw std::runtime_error("pcscd's sandbox: " + (greeting ? greeting->text : "ended at once"));
    }
}

/// Kills the daemon with it.
void PrivatePcscd::stop_sandbox()
{
    ::kill(sandbox_, SIGKILL);
    ::waitpid(sandbox_, nullptr, 0);
}

void PrivatePcscd::start()
{
    daemon_ = std::stoi(order("start"));
    for (std::size_t index = 0; index < cards_.size(); ++index)
        cards_[index]->attach([this, index] { return connect(kFirstPort + static_cast<int>(index)); });
    for (const VirtualCard* card : cards_)
        if (card->is_inserted())
            wait_until_present(*card);
}

void PrivatePcscd::stop(int signal)
{
    order("stop " + std::to_string(signal));
    daemon_ = -1;
    for (VirtualCard* card : cards_)
        card->detach();
}

void PrivatePcscd::wait_until_present(const VirtualCard& card)
{
    order("await present " + reader(card));
}

void PrivatePcscd::wait_until_absent(const VirtualCard& card)
{
    order("await absent " + reader(card));
}

std::string PrivatePcscd::reader(const VirtualCard& card) const
{
    const auto index = std::ranges::find(cards_, &card) - cards_.begin();
    return std::string(kReader) + " 00 0" + std::to_string(index);
}

std::map<std::string, std::string> PrivatePcscd::environment() const
{
    return {{"PCSCLITE_CSOCK_NAME", folder() / "pcscd.comm"}};
}

pkcs11::Module PrivatePcscd::opensc_module() const
{
    return {.path = kOpenscModule, .environment = environment()};
}

/// What follows "ok" in the answer.
std::string PrivatePcscd::order(const std::string& text) const
{
    const std::lock_guard lock(orders_mutex_);
    send_packet(orders_.value(), text);
    const auto answer = receive_packet(orders_.value());
    if (!answer || !answer->text.starts_with("ok"))
        throw std::runtime_error("pcscd's sandbox: " + text + ": " + (answer ? answer->text : "it has ended"));
    return answer->text.substr(answer->text.find(' ') + 1);
}

base::UniqueFd PrivatePcscd::connect(int port) const
{
    const std::lock_guard lock(connections_mutex_);
    send_packet(connections_.value(), std::to_string(port));
    auto answer = receive_packet(connections_.value());
    return answer ? std::move(answer->descriptor) : base::UniqueFd();
}

} // namespace sceau::test
