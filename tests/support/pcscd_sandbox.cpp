// pcscd-sandbox FOLDER runs the real pcscd where it touches nothing of the machine's, with virtual USB tokens to plug
// in. Its only caller is PrivatePcscd, which preloads umockdev's library. FOLDER becomes pcscd's /run/pcscd.
//
// Descriptor 3 takes orders and answers each with a packet, "ok …" or what went wrong:
//     start               returns the pid, once the daemon serves and shows what is plugged in
//     stop SIGNAL         returns once it is dead
//     plug N, unplug N    returns once PC/SC reports it
//     reader N            returns PC/SC's name for the reader
//     await STATE N       returns once PC/SC reports that the card in that reader is "present" or "absent"
// Descriptor 4 takes port numbers, and answers each with a packet that carries a connection to it, if there is one.
#include "tests/support/descriptor_passing.h"
#include "tests/support/pcsc_readers.h"
#include "tests/support/sandbox_namespaces.h"
#include "tests/support/usb_bus.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using sceau::base::UniqueFd;
using namespace sceau::test;

constexpr int kOrders = 3;
constexpr int kConnections = 4;

/// Our owner's ends of the descriptors close when it ends, which ends us; this is for when we are stuck in a wait.
void die_with_parent()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

UniqueFd connect_to(int port)
{
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        socket.reset();
    return socket;
}

[[noreturn]] void serve_connections()
{
    die_with_parent();
    ::close(kOrders);
    while (const auto order = receive_packet(kConnections))
        send_packet(kConnections, "ok", connect_to(std::stoi(order->text)).value());
    ::_exit(0);
}

[[noreturn]] void become_pcscd()
{
    die_with_parent();
    const int log = ::open("/run/pcscd/pcscd.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::close(kOrders);
    ::close(kConnections);
    ::execl("/usr/sbin/pcscd", "pcscd", "--foreground", "--config", "/run/pcscd/no-readers", nullptr);
    ::_exit(127);
}

class Sandbox {
  public:
    Sandbox() = default;
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;
    ~Sandbox()
    {
        if (daemon_ > 0)
            stop(SIGKILL);
    }

    std::string start();
    std::string stop(int signal);
    std::string plug(int place);
    std::string unplug(int place);
    std::string reader(int place) const { return readers_.at(place); }
    void await(const std::string& state, int place) const;

  private:
    UsbBus bus_;
    std::map<int, std::string> readers_; // by position; the names are empty while the daemon is stopped
    pid_t daemon_ = -1;
};

std::string Sandbox::start()
{
    // A daemon that was killed leaves these files behind, and the pid may belong to another process by now.
    ::unlink("/run/pcscd/pcscd.comm");
    ::unlink("/run/pcscd/pcscd.pid");
    daemon_ = ::fork();
    if (daemon_ == 0)
        become_pcscd();
    wait_until("pcscd serves", [&] {
        if (::waitpid(daemon_, nullptr, WNOHANG) == daemon_)
            throw std::runtime_error("pcscd ended, see pcscd.log");
        return pcsc_serves();
    });
    wait_until("the readers are listed", [&] { return pcsc_readers().size() == readers_.size(); });
    // The daemon found the readers in the order of their positions.
    std::ranges::copy(pcsc_readers(), std::views::values(readers_).begin());
    return std::to_string(daemon_);
}

std::string Sandbox::stop(int signal)
{
    ::kill(daemon_, signal);
    ::waitpid(daemon_, nullptr, 0);
    daemon_ = -1;
    for (auto& [place, name] : readers_)
        name.clear();
    return {};
}

std::string Sandbox::plug(int place)
{
    const std::vector<std::string> before = daemon_ > 0 ? pcsc_readers() : std::vector<std::string>();
    bus_.plug(place);
    std::string& name = readers_[place];
    if (daemon_ < 0)
        return {};
    wait_until("the reader is listed", [&] {
        for (const std::string& listed : pcsc_readers())
            if (std::ranges::find(before, listed) == before.end())
                name = listed;
        return !name.empty();
    });
    return {};
}

std::string Sandbox::unplug(int place)
{
    const std::string name = readers_.at(place);
    bus_.announce_removal(place);
    if (daemon_ > 0)
        wait_until("the reader is gone", [&] {
            const std::vector<std::string> listed = pcsc_readers();
            return std::ranges::find(listed, name) == listed.end();
        });
    bus_.take_away(place);
    readers_.erase(place);
    return {};
}

void Sandbox::await(const std::string& state, int place) const
{
    pcsc_await(reader(place), state == "present");
}

std::string obey(Sandbox& sandbox, const std::string& order)
{
    std::istringstream words(order);
    std::string verb;
    std::string state;
    int number = 0;
    words >> verb;
    if (verb == "await")
        words >> state;
    words >> number;
    if (verb == "start")
        return sandbox.start();
    if (verb == "stop")
        return sandbox.stop(number);
    if (verb == "plug")
        return sandbox.plug(number);
    if (verb == "unplug")
        return sandbox.unplug(number);
    if (verb == "reader")
        return sandbox.reader(number);
    sandbox.await(state, number);
    return {};
}

std::string answer_to(Sandbox& sandbox, const std::string& order)
{
    try {
        return "ok " + obey(sandbox, order);
    } catch (const std::exception& error) {
        return error.what();
    }
}

/// Starts the child that serves connections; it ends when our owner closes its end.
pid_t start_serving_connections()
{
    const pid_t pid = ::fork();
    if (pid == 0)
        serve_connections();
    ::close(kConnections);
    return pid;
}

void run(const char* folder)
{
    enter_sandbox(folder);
    die_with_parent();
    const pid_t connections = start_serving_connections();
    ::setenv("PCSCLITE_CSOCK_NAME", "/run/pcscd/pcscd.comm", 1);
    ::setenv("TMPDIR", "/run/pcscd", 1); // so that umockdev's folder is removed with ours
    {
        Sandbox sandbox;
        send_packet(kOrders, "ok");
        while (const auto order = receive_packet(kOrders))
            send_packet(kOrders, answer_to(sandbox, order->text));
    }
    ::waitpid(connections, nullptr, 0);
}

} // namespace

int main(int argc, char** argv)
{
    try {
        if (argc == 2)
            run(argv[1]);
    } catch (const std::exception& error) {
        send_packet(kOrders, error.what());
    }
    return 0;
}
