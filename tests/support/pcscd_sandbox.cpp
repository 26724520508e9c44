// pcscd-sandbox FOLDER: runs the real pcscd where it touches nothing of the machine's, for PrivatePcscd, its only
// caller. In a mount namespace the FOLDER lies over /run/pcscd, which is where pcscd insists to have its socket; in a
// network namespace vpcd may listen on every address, since there is none but loopback. As an ordinary user it does the
// same in a user namespace.
//
// Descriptor 3 takes orders and answers each with a packet, "ok …" or what went wrong:
//     start               the pid, once the daemon serves
//     stop SIGNAL         once it is dead
//     await STATE READER  once PC/SC says "present" or "absent" of that reader
// Descriptor 4 takes port numbers, and answers each with a packet that carries a connection to it, if there is one.
#include "base/unique_fd.h"
#include "tests/support/descriptor_passing.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <winscard.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using sceau::base::UniqueFd;
using namespace sceau::test;

constexpr int kOrders = 3;
constexpr int kConnections = 4;
constexpr int kPatienceSeconds = 60;

[[noreturn]] void fail(const std::string& what)
{
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

void require(bool holds, const char* what)
{
    if (!holds)
        fail(what);
}

void write_file(const char* path, const std::string& text)
{
    std::ofstream file(path);
    file << text;
    file.flush();
    require(file.good(), path);
}

void become_root_of_a_user_namespace()
{
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    require(::unshare(CLONE_NEWUSER) == 0, "a user namespace");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

void bring_loopback_up()
{
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    require(::ioctl(socket.value(), SIOCSIFFLAGS, &request) == 0, "loopback");
}

/// With /run empty, pcscd's udev knows no reader of the machine's either.
void cover_run()
{
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
    require(::mount("run", "/run", "tmpfs", 0, nullptr) == 0, "an empty /run");
    require(::mkdir("/run/pcscd", 0755) == 0, "/run/pcscd");
    require(::mount(".", "/run/pcscd", nullptr, MS_BIND, nullptr) == 0, "the folder over /run/pcscd");
}

void enter_namespaces(const char* folder)
{
    constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWNET;
    require(::chdir(folder) == 0, folder);
    if (::unshare(kNamespaces) != 0) {
        become_root_of_a_user_namespace();
        require(::unshare(kNamespaces) == 0, "a mount and a network namespace");
    }
    bring_loopback_up();
    cover_run();
}

/// A descriptor's other end that closes is the usual end; this is for when we are stuck.
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

class Daemon {
  public:
    std::string start();
    std::string stop(int signal);
    static std::string await(const std::string& state, const std::string& reader);

  private:
    [[noreturn]] static void become_pcscd();
    pid_t pid_ = -1;
};

void Daemon::become_pcscd()
{
    die_with_parent();
    const int log = ::open("/run/pcscd/pcscd.log", O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::close(kOrders);
    ::close(kConnections);
    ::execl("/usr/sbin/pcscd", "pcscd", "--foreground", "--config", "/run/pcscd/readers", nullptr);
    ::_exit(127);
}

bool serves()
{
    SCARDCONTEXT context = 0;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS)
        return false;
    SCardReleaseContext(context);
    return true;
}

void wait_a_little()
{
    constexpr timespec kTime{.tv_sec = 0, .tv_nsec = 5'000'000};
    ::nanosleep(&kTime, nullptr);
}

std::string Daemon::start()
{
    // One that was killed leaves these behind, and the pid may be another's by now.
    ::unlink("/run/pcscd/pcscd.comm");
    ::unlink("/run/pcscd/pcscd.pid");
    pid_ = ::fork();
    if (pid_ == 0)
        become_pcscd();
    for (int status = 0; !serves(); wait_a_little())
        if (::waitpid(pid_, &status, WNOHANG) == pid_)
            return "pcscd ended with status " + std::to_string(status) + ": see pcscd.log";
    return "ok " + std::to_string(pid_);
}

std::string Daemon::stop(int signal)
{
    ::kill(pid_, signal);
    ::waitpid(pid_, nullptr, 0);
    return "ok";
}

std::string Daemon::await(const std::string& state, const std::string& reader)
{
    SCARDCONTEXT context = 0;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS)
        return "pcscd does not serve";
    const DWORD wanted = state == "present" ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY;
    SCARD_READERSTATE reading{};
    reading.szReader = reader.c_str();
    LONG result = SCARD_S_SUCCESS;
    while (result == SCARD_S_SUCCESS && (reading.dwEventState & wanted) == 0) {
        reading.dwCurrentState = reading.dwEventState;
        result = SCardGetStatusChange(context, kPatienceSeconds * 1000, &reading, 1);
    }
    SCardReleaseContext(context);
    return result == SCARD_S_SUCCESS ? "ok" : reader + " is not " + state + ": " + pcsc_stringify_error(result);
}

std::string obey(Daemon& daemon, const std::string& order)
{
    std::istringstream words(order);
    std::string verb;
    words >> verb;
    if (verb == "start")
        return daemon.start();
    if (verb == "stop") {
        int signal = 0;
        words >> signal;
        return daemon.stop(signal);
    }
    std::string state;
    std::string reader;
    words >> state >> std::ws;
    std::getline(words, reader);
    return Daemon::await(state, reader);
}

void run(const char* folder)
{
    enter_namespaces(folder);
    die_with_parent();
    if (::fork() == 0)
        serve_connections();
    ::close(kConnections);
    ::setenv("PCSCLITE_CSOCK_NAME", "/run/pcscd/pcscd.comm", 1);
    send_packet(kOrders, "ok");
    Daemon daemon;
    while (const auto order = receive_packet(kOrders))
        send_packet(kOrders, obey(daemon, order->text));
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
