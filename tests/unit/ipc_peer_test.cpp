#include "ipc/peer.h"
#include "ipc_fixture.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <system_error>
#include <thread>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;

namespace {

// A process with a terminal of its own that stays connected as long as this object lives.
class TerminalProcess {
  public:
    TerminalProcess() : listener_(Listener::open(folder_.path() / "agent").value())
    {
        std::array<char, 64> tty{};
        int terminal = -1;
        pid_ = ::forkpty(&terminal, tty.data(), nullptr, nullptr);
        if (pid_ == 0) {
            ::prctl(PR_SET_NAME, "odd) name (1");
            const RawClient client(folder_.path() / "agent");
            ::pause();
            ::_exit(0);
        }
        terminal_.reset(terminal);
        tty_ = tty.data();
        while (!connection_)
            connection_.reset(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    ~TerminalProcess() { end(); }

    Peer peer() const { return peer_of(connection_.value()).value(); }
    const std::string& tty() const { return tty_; }
    pid_t pid() const { return pid_; }
    void end()
    {
        if (pid_ > 0 && ::kill(pid_, SIGKILL) == 0)
            ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }

  private:
    Folder folder_;
    Listener listener_;
    base::UniqueFd terminal_;
    base::UniqueFd connection_;
    std::string tty_;
    pid_t pid_ = -1;
};

// Another terminal, which belongs to this process's user but is not its controlling terminal.
class OtherTerminal {
  public:
    OtherTerminal()
    {
        int master = -1;
        int slave = -1;
        std::array<char, 64> name{};
        if (::openpty(&master, &slave, name.data(), nullptr, nullptr) == 0)
            name_ = name.data();
        master_.reset(master);
        slave_.reset(slave);
    }
    const std::string& name() const { return name_; }

  private:
    base::UniqueFd master_;
    base::UniqueFd slave_;
    std::string name_;
};

// Another program, under a name that the test chooses, that is connected to the test's socket.
class RunningProgram {
  public:
    explicit RunningProgram(const std::string& name) : file_(folder_.path() / name)
    {
        std::filesystem::copy_file("/bin/sleep", file_);
        const auto listener = Listener::open(folder_.path() / "agent");
        pid_ = ::fork();
        if (pid_ == 0) {
            const RawClient client(folder_.path() / "agent");
            ::fcntl(client.fd(), F_SETFD, 0); // keeps the connection open across the next line
            ::execl(file_.c_str(), file_.c_str(), "60", nullptr);
            ::_exit(1);
        }
        while (!connection_)
            connection_.reset(::accept4(listener->fd(), nullptr, nullptr, SOCK_CLOEXEC));
        while (peer().executable != file_)
            std::this_thread::yield();
    }
    ~RunningProgram()
    {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;

    const std::filesystem::path& file() const { return file_; }
    Peer peer() const { return *peer_of(connection_.value()); }

  private:
    Folder folder_;
    std::filesystem::path file_;
    base::UniqueFd connection_;
    pid_t pid_ = -1;
};

} // namespace

TEST_CASE("a peer is identified by the kernel and described by what proc says of it")
{
    TerminalProcess process;
    const Peer peer = process.peer();
    CHECK(peer.uid == ::geteuid());
    CHECK(peer.pid == process.pid());
    CHECK(peer.name == "odd) name (1");
    CHECK(peer.executable == std::filesystem::read_symlink("/proc/self/exe"));
    CHECK(peer.start_time > 0);
    REQUIRE_FALSE(peer.parents.empty());
    CHECK(peer.parents.size() <= 4);
    CHECK(peer.parents.front() == "ipc_server_test");
    REQUIRE(peer.parent_executables.size() == peer.parents.size());
    const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe");
    CHECK((peer.parent_executables.front() == own || peer.parent_executables.front().empty()));
}

TEST_CASE("a peer that this process started is recognised, and no other")
{
    const TerminalProcess process;
    CHECK(is_descendant(process.peer()));
    Peer other;
    CHECK_FALSE(is_descendant(other));
    for (const pid_t pid : {::getpid(), ::getppid()}) {
        other.pid = pid;
        CHECK_FALSE(is_descendant(other));
    }
}

TEST_CASE("a peer's name is complete although the kernel keeps only 15 bytes of it")
{
    const RunningProgram running("program-with-a-long-name");
    CHECK(running.peer().name == "program-with-a-long-name");
}

TEST_CASE("P12: a program whose file was replaced while it runs keeps the name that it was started from")
{
    const RunningProgram running("mailer");
    std::filesystem::remove(running.file());
    CHECK(running.peer().executable == running.file());
    std::filesystem::copy_file("/bin/true", running.file());
    CHECK(running.peer().executable == running.file());
    const RunningProgram odd("mailer (deleted)");
    CHECK(odd.peer().executable == odd.file());
}

TEST_CASE("P13: a program is the system's when only root can have written its file")
{
    const RunningProgram running("thunderbird");
    std::filesystem::permissions(running.file(), std::filesystem::perms(0755));
    CHECK(running.peer().of_system == (::geteuid() == 0));
    std::filesystem::permissions(running.file(), std::filesystem::perms(0757));
    CHECK_FALSE(running.peer().of_system);
    std::filesystem::permissions(running.file(), std::filesystem::perms(0755));
    if (::geteuid() == 0) {
        REQUIRE(::chown(running.file().c_str(), 65534, 65534) == 0);
        CHECK_FALSE(running.peer().of_system);
    }
}

TEST_CASE("a peer that has ended is still known by its uid and pid")
{
    TerminalProcess process;
    const pid_t pid = process.pid();
    process.end();
    const Peer peer = process.peer();
    CHECK(peer.uid == ::geteuid());
    CHECK(peer.pid == pid);
    CHECK(peer.name.empty());
    CHECK(peer.executable.empty());
}

TEST_CASE("a descriptor that is not a socket has no peer")
{
    CHECK(peer_of(-1).error().code == base::ErrorCode::io);
}

TEST_CASE("a peer controls its controlling terminal and no other")
{
    TerminalProcess process;
    const OtherTerminal other;
    REQUIRE_FALSE(other.name().empty());
    const Peer peer = process.peer();
    CHECK(controls_terminal(peer, process.tty()));
    CHECK_FALSE(controls_terminal(peer, other.name()));
    for (const auto* no_terminal : {"", "/dev/null", "/dev/tty", "/dev/pts/none", "/dev/stdin", "/etc/passwd", "/dev"})
        CHECK_FALSE(controls_terminal(peer, no_terminal));
    CHECK_FALSE(controls_terminal(peer, process.tty().substr(1)));
    const Folder folder;
    std::filesystem::create_symlink(process.tty(), folder.path() / "tty");
    CHECK_FALSE(controls_terminal(peer, folder.path() / "tty"));
}

TEST_CASE("a terminal that another user owns is not the peer's")
{
    TerminalProcess process;
    Peer peer = process.peer();
    ++peer.uid;
    CHECK_FALSE(controls_terminal(peer, process.tty()));
    CHECK(is_others_terminal(peer, process.tty()));
    CHECK_FALSE(is_others_terminal(process.peer(), process.tty()));
    for (const auto* no_terminal : {"", "/dev/null", "/dev/tty", "/dev/pts/none", "/etc/passwd"})
        CHECK_FALSE(is_others_terminal(peer, no_terminal));
}

TEST_CASE("a process that only has the peer's pid does not control its terminal")
{
    TerminalProcess process;
    Peer peer = process.peer();
    CHECK(controls_terminal(peer, process.tty()));
    --peer.start_time;
    CHECK_FALSE(controls_terminal(peer, process.tty()));
    const Peer gone = process.peer();
    process.end();
    CHECK_FALSE(controls_terminal(gone, process.tty()));
}
