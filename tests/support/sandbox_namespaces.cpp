#include "tests/support/sandbox_namespaces.h"

#include "base/unique_fd.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

namespace sceau::test {

namespace {

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
    const base::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    require(::ioctl(socket.value(), SIOCSIFFLAGS, &request) == 0, "loopback");
}

void cover_system_folders()
{
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
    require(::mount("run", "/run", "tmpfs", 0, nullptr) == 0, "an empty /run");
    require(::mkdir("/run/pcscd", 0755) == 0, "/run/pcscd");
    require(::mount(".", "/run/pcscd", nullptr, MS_BIND, nullptr) == 0, "the folder over /run/pcscd");
    require(::mount("drivers", "/usr/lib/pcsc/drivers", nullptr, MS_BIND, nullptr) == 0, "the drivers");
}

} // namespace

void enter_sandbox(const std::filesystem::path& folder)
{
    constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWNET;
    require(::chdir(folder.c_str()) == 0, "the folder");
    if (::unshare(kNamespaces) != 0) {
        become_root_of_a_user_namespace();
        require(::unshare(kNamespaces) == 0, "a mount and a network namespace");
    }
    bring_loopback_up();
    cover_system_folders();
}

} // namespace sceau::test
