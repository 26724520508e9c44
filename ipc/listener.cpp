#include "ipc/listener.h"

#include "ipc/unix_address.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include <cerrno>
#include <string>

namespace sceau::ipc {

namespace {

// More than a crowd of programs needs that ask at the same time, and few enough to be processed in a moment when one
// program fills the queue. packaging/systemd/sceau-agent.socket has the same number.
constexpr int kBacklog = 512;

using base::io;
using base::io_errno;
using base::not_permitted;
using base::Result;
using base::UniqueFd;
namespace fs = std::filesystem;

// Anyone who may write to the folder could replace the agent's socket with one of their own.
Result<UniqueFd> open_folder(const fs::path& folder)
{
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return std::unexpected(io_errno("cannot make " + folder.native(), errno));
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status{};
    if (!fd || ::fstat(fd.value(), &status) != 0)
        return std::unexpected(io_errno("cannot open " + folder.native(), errno));
    if (status.st_uid != ::geteuid())
        return std::unexpected(not_permitted(folder.native() + " belongs to another user"));
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return std::unexpected(not_permitted("others may write to " + folder.native()));
    return fd;
}

// Removes a stale socket, or returns an error if an agent listens there.
Result<> remove_stale(const fs::path& path, const sockaddr_un& address)
{
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0)
        return errno == ENOENT ? Result<>() : std::unexpected(io_errno("cannot look at " + path.native(), errno));
    if (!S_ISSOCK(status.st_mode))
        return std::unexpected(io(path.native() + " is there and is no socket"));
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe)
        return std::unexpected(io_errno("cannot look at " + path.native(), errno));
    const int connected = ::connect(probe.value(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (connected == 0 || errno == EAGAIN)
        return std::unexpected(base::busy("an agent listens at " + path.native() + " already"));
    if (errno != ECONNREFUSED)
        return std::unexpected(io_errno("cannot tell whether an agent listens at " + path.native(), errno));
    if (::unlink(path.c_str()) != 0)
        return std::unexpected(io_errno("cannot remove the old socket " + path.native(), errno));
    return {};
}

} // namespace

Result<Listener> Listener::open(const fs::path& path)
{
    const auto address = unix_address(path);
    if (!address)
        return std::unexpected(io("a socket's path is at most " + std::to_string(kMaxSocketPath) +
                                  " bytes long, this is longer: " + path.native()));
    TRY_ASSIGN(const UniqueFd folder, open_folder(path.has_parent_path() ? path.parent_path() : "."));
    // If two agents start together, one finds the other listening.
    if (::flock(folder.value(), LOCK_EX) != 0)
        return std::unexpected(io_errno("cannot lock " + path.parent_path().native(), errno));
    TRY(remove_stale(path, *address));

    Listener listener(UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
    const int fd = listener.fd();
    struct stat status{};
    // bind() gives the file the mode of the socket, so there is no moment at which others can connect.
    if (fd < 0 || ::fchmod(fd, 0600) != 0 ||
        ::bind(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
        ::lstat(path.c_str(), &status) != 0)
        return std::unexpected(io_errno("cannot make the socket " + path.native(), errno));
    listener.path_ = path;
    listener.device_ = status.st_dev;
    listener.inode_ = status.st_ino;
    if (::listen(fd, kBacklog) != 0)
        return std::unexpected(io_errno("cannot listen at " + path.native(), errno));
    return listener;
}

Result<std::optional<Listener>> Listener::activated()
{
    const int count = sd_listen_fds(1);
    if (count < 0)
        return std::unexpected(io_errno("cannot take the socket that systemd gives", -count));
    if (count == 0)
        return std::nullopt;
    if (count > 1)
        return std::unexpected(io("systemd gives " + std::to_string(count) + " sockets, one is wanted"));
    UniqueFd socket(SD_LISTEN_FDS_START);
    if (sd_is_socket_unix(socket.value(), SOCK_STREAM, 1, nullptr, 0) <= 0)
        return std::unexpected(io("what systemd gives is not a listening Unix stream socket"));
    return Listener(std::move(socket));
}

Listener::~Listener()
{
    struct stat status{};
    if (fd_ && !path_.empty() && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
        status.st_ino == inode_)
        ::unlink(path_.c_str());
}

} // namespace sceau::ipc
