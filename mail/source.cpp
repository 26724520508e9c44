#include "mail/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace sceau::mail {

using base::Result;
using base::UniqueFd;

namespace {

Result<> write_all(int fd, base::BytesView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return std::unexpected(base::io_errno("cannot write a temporary file", errno));
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::uint64_t> spool(int from, int to)
{
    std::array<std::uint8_t, 65536> buffer;
    std::uint64_t size = 0;
    for (;;) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return std::unexpected(base::io_errno("cannot read the message", errno));
        if (count == 0)
            return size;
        TRY(write_all(to, {buffer.data(), static_cast<std::size_t>(count)}));
        size += static_cast<std::uint64_t>(count);
    }
}

} // namespace

Result<UniqueFd> temporary_file()
{
    const char* folder = std::getenv("TMPDIR");
    if (folder == nullptr || *folder == '\0')
        folder = "/var/tmp"; // not /tmp, which is in memory on many systems
    if (UniqueFd fd(::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)); fd)
        return fd;
    // Some file systems do not support O_TMPFILE.
    std::string name = std::string(folder) + "/sceau-XXXXXX";
    UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd)
        return std::unexpected(base::io_errno("cannot make a temporary file in " + std::string(folder), errno));
    ::unlink(name.c_str());
    return fd;
}

Result<Source> Source::open(UniqueFd fd)
{
    struct stat status{};
    if (::fstat(fd.value(), &status) != 0)
        return std::unexpected(base::io_errno("cannot read the message", errno));
    if (S_ISREG(status.st_mode))
        return Source(std::move(fd), static_cast<std::uint64_t>(status.st_size));
    TRY_ASSIGN(UniqueFd file, temporary_file());
    TRY_ASSIGN(const std::uint64_t size, spool(fd.value(), file.value()));
    return Source(std::move(file), size);
}

Result<Source> Source::open(const std::filesystem::path& path)
{
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return std::unexpected(base::io_errno("cannot open " + path.string(), errno));
    return open(std::move(fd));
}

Result<Source> Source::of_bytes(base::BytesView bytes)
{
    TRY_ASSIGN(UniqueFd file, temporary_file());
    TRY(write_all(file.value(), bytes));
    return Source(std::move(file), bytes.size());
}

Result<std::size_t> Source::read_at(std::uint64_t offset, std::span<std::uint8_t> into) const
{
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t count =
            ::pread(fd_.value(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return std::unexpected(base::io_errno("cannot read the message", errno));
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

} // namespace sceau::mail
