#include "base/sealed_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sceau::base {

namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
constexpr int kExecSeal = 0x20; // F_SEAL_EXEC, which Debian 12's headers do not have yet

std::string too_large()
{
    return "larger than " + std::to_string(SealedMemory::kMostBytes >> 20) + " MiB";
}

Error unfit(const std::string& reason)
{
    return evidence_mismatch("the content that was sent along is " + reason);
}

Result<UniqueFd> memory_for(std::uint64_t size)
{
    if (size > SealedMemory::kMostBytes)
        return std::unexpected(invalid_parameter("content", "is " + too_large()));
    UniqueFd memory(::memfd_create("sceau-content", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory)
        return std::unexpected(io_errno("cannot make a file in memory", errno));
    return memory;
}

Result<> seal(const UniqueFd& memory)
{
    if (::fcntl(memory.value(), F_ADD_SEALS, kSeals) != 0)
        return std::unexpected(io_errno("cannot seal a file in memory", errno));
    return {};
}

} // namespace

Result<SealedMemory> SealedMemory::copy_of(int file, std::uint64_t size)
{
    TRY_ASSIGN(UniqueFd memory, memory_for(size));
    off_t done = 0;
    while (static_cast<std::uint64_t>(done) < size) {
        const ssize_t copied = ::sendfile(memory.value(), file, &done, size - static_cast<std::uint64_t>(done));
        if (copied < 0 && errno == EINTR)
            continue;
        if (copied < 0)
            return std::unexpected(io_errno("cannot copy the content", errno));
        if (copied == 0)
            return std::unexpected(io("the content became shorter while it was read"));
    }
    TRY(seal(memory));
    return SealedMemory(std::move(memory), size);
}

Result<SealedMemory> SealedMemory::copy_of(BytesView bytes)
{
    TRY_ASSIGN(UniqueFd memory, memory_for(bytes.size()));
    for (BytesView rest = bytes; !rest.empty();) {
        const ssize_t written = ::write(memory.value(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return std::unexpected(io_errno("cannot copy the content", errno));
        rest = rest.subspan(static_cast<std::size_t>(written));
    }
    TRY(seal(memory));
    return SealedMemory(std::move(memory), bytes.size());
}

Result<SealedMemory> SealedMemory::take(UniqueFd fd)
{
    // The seals are asked for first: fstat(2) of a file in a foreign file system takes as long as its owner likes.
    const int seals = ::fcntl(fd.value(), F_GET_SEALS);
    if (seals < 0)
        return std::unexpected(unfit("not a file in memory"));
    if ((seals & ~kExecSeal) != kSeals)
        return std::unexpected(unfit("not sealed as it must be (seal, shrink, grow and write, and no others)"));
    struct stat status{};
    if (::fstat(fd.value(), &status) != 0)
        return std::unexpected(io_errno("cannot look at the content", errno));
    if (static_cast<std::uint64_t>(status.st_size) > kMostBytes)
        return std::unexpected(unfit(too_large()));
    return SealedMemory(std::move(fd), static_cast<std::uint64_t>(status.st_size));
}

bool SealedMemory::is_file_in_memory(int fd)
{
    return ::fcntl(fd, F_GET_SEALS) >= 0;
}

} // namespace sceau::base
