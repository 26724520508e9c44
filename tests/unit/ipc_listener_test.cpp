#include "ipc/listener.h"
#include "ipc_fixture.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

using namespace sceau;
using namespace sceau::ipc;
using namespace sceau::ipc::test;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path)
{
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

// Returns what activated() says in a process that was given these descriptors: the number of the error code, 100 for a
// listener, 101 for none.
int activated_in_child(const std::vector<int>& given, const char* process = nullptr)
{
    const pid_t child = ::fork();
    if (child == 0) {
        for (std::size_t i = 0; i < given.size(); ++i)
            ::dup2(given[i], static_cast<int>(3 + i));
        ::setenv("LISTEN_PID", process != nullptr ? process : std::to_string(::getpid()).c_str(), 1);
        if (!given.empty())
            ::setenv("LISTEN_FDS", std::to_string(given.size()).c_str(), 1);
        const auto listener = Listener::activated();
        if (!listener)
            ::_exit(static_cast<int>(listener.error().code));
        ::_exit(*listener ? 100 : 101);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

constexpr int kIo = static_cast<int>(ErrorCode::io);

} // namespace

TEST_CASE("the socket and the folder made for it are the user's alone whatever the umask")
{
    const Folder folder;
    const fs::path socket = folder.path() / "sceau" / "agent";
    const mode_t old = ::umask(GENERATE(as<mode_t>(), 0, 022, 077));
    const auto listener = Listener::open(socket);
    ::umask(old);
    REQUIRE(listener);
    CHECK(mode_of(socket) == 0600);
    CHECK(mode_of(socket.parent_path()) == 0700);
    CHECK(RawClient(socket).connected());
    CHECK((::fcntl(listener->fd(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a folder that others may write to is refused")
{
    const Folder folder;
    const auto mode = GENERATE(0770, 0702, 01777);
    fs::permissions(folder.path(), fs::perms(mode));
    CHECK(Listener::open(folder.path() / "agent").error().code == ErrorCode::not_permitted);
    CHECK_FALSE(fs::exists(folder.path() / "agent"));
}

TEST_CASE("a folder of another user is refused")
{
    if (::geteuid() != 0)
        return; // only root can change the owner of a folder
    const Folder folder;
    REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
    CHECK(Listener::open(folder.path() / "agent").error().code == ErrorCode::not_permitted);
}

TEST_CASE("a socket on which an agent listens is left alone")
{
    const Folder folder;
    const fs::path socket = folder.path() / "agent";
    const auto first = Listener::open(socket);
    REQUIRE(first);
    const auto second = Listener::open(socket);
    CHECK(second.error().code == ErrorCode::busy);
    CHECK_THAT(second.error().message, Catch::Contains(socket.native()));
    CHECK(RawClient(socket).connected());
}

TEST_CASE("a socket that an agent left behind is replaced")
{
    const Folder folder;
    const fs::path socket = folder.path() / "agent";
    {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        socket.native().copy(address.sun_path, sizeof address.sun_path - 1);
        const base::UniqueFd old(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(old.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    REQUIRE(fs::exists(socket));
    const auto listener = Listener::open(socket);
    REQUIRE(listener);
    CHECK(RawClient(socket).connected());
}

TEST_CASE("a file that is not a socket is not touched")
{
    const Folder folder;
    const fs::path file = folder.path() / "agent";
    SECTION("a file")
    {
        std::ofstream(file) << "mine";
    }
    SECTION("a link, even to a socket's place")
    {
        fs::create_symlink(folder.path() / "elsewhere", file);
    }
    CHECK(Listener::open(file).error().code == ErrorCode::io);
    CHECK(fs::exists(fs::symlink_status(file)));
}

TEST_CASE("the socket's file is removed with the listener unless it is another's by then")
{
    const Folder folder;
    const fs::path socket = folder.path() / "agent";
    std::optional<Listener> listener(Listener::open(socket).value());
    SECTION("its own")
    {
        listener.reset();
        CHECK_FALSE(fs::exists(socket));
    }
    SECTION("another's")
    {
        fs::rename(socket, folder.path() / "kept"); // so that its inode is not reused
        const auto other = Listener::open(socket);
        REQUIRE(other);
        listener.reset();
        CHECK(RawClient(socket).connected());
    }
}

TEST_CASE("a path that is too long for a socket is refused")
{
    const Folder folder;
    const auto error = Listener::open(folder.path() / std::string(108, 'x')).error();
    CHECK(error.code == ErrorCode::io);
    CHECK_THAT(error.message, Catch::Contains("107 bytes"));
}

TEST_CASE("a folder whose parent is missing is not made")
{
    const Folder folder;
    CHECK(Listener::open(folder.path() / "a" / "b" / "agent").error().code == ErrorCode::io);
    CHECK_FALSE(fs::exists(folder.path() / "a"));
}

TEST_CASE("a listening socket given by systemd is taken and anything else refused")
{
    const Folder folder;
    const auto listening = Listener::open(folder.path() / "agent");
    REQUIRE(listening);
    const base::UniqueFd other(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const base::UniqueFd datagram(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const base::UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));

    CHECK(activated_in_child({listening->fd()}) == 100);
    CHECK(activated_in_child({}) == 101);
    CHECK(activated_in_child({listening->fd()}, "1") == 101); // meant for another process
    CHECK(activated_in_child({other.value()}) == kIo);
    CHECK(activated_in_child({datagram.value()}) == kIo);
    CHECK(activated_in_child({file.value()}) == kIo);
    CHECK(activated_in_child({listening->fd(), listening->fd()}) == kIo);
}

TEST_CASE("a socket that systemd gave stays when the listener goes")
{
    const Folder folder;
    const auto listening = Listener::open(folder.path() / "agent");
    REQUIRE(listening);
    CHECK(activated_in_child({listening->fd()}) == 100);
    CHECK(RawClient(folder.path() / "agent").connected());
}
