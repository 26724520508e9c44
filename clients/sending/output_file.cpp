#include "clients/sending/output_file.h"

#include "mail/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace sceau::sending {

namespace fs = std::filesystem;
using base::Result;
using base::UniqueFd;

namespace {

Result<> write_all(int fd, const char* bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t written = ::write(fd, bytes, size);
        if (written < 0 && errno != EINTR)
            return std::unexpected(base::io_errno("cannot write the output", errno));
        if (written > 0) {
            bytes += written;
            size -= static_cast<std::size_t>(written);
        }
    }
    return {};
}

// Makes the new name survive a crash of the machine.
void sync_folder(const fs::path& folder)
{
    if (const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); fd)
        ::fsync(fd.value());
}

} // namespace

OutputFile::OutputFile(OutputFile&& other) noexcept
    : written_(std::move(other.written_)),
      stream_(std::move(other.stream_)),
      temporary_(std::exchange(other.temporary_, {})),
      target_(std::move(other.target_))
{
}

OutputFile::~OutputFile()
{
    if (!temporary_.empty())
        ::unlink(temporary_.c_str());
}

Result<OutputFile> OutputFile::open(const fs::path& path)
{
    if (path.empty() || path == "-")
        return spooled_to(UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)), "standard output");
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_regular_file(status))
        return spooled_to(UniqueFd(::open(path.c_str(), O_WRONLY | O_CLOEXEC)), path.string());
    // A symbolic link stays and its target is replaced.
    const fs::path target = fs::exists(status) ? fs::canonical(path, error) : fs::absolute(path, error);
    if (error)
        return std::unexpected(base::io("cannot write " + path.string() + ": " + error.message()));
    return beside(target);
}

Result<OutputFile> OutputFile::spooled_to(UniqueFd stream, const std::string& name)
{
    if (!stream)
        return std::unexpected(base::io_errno("cannot write " + name, errno));
    OutputFile output;
    TRY_ASSIGN(output.written_, mail::temporary_file());
    output.stream_ = std::move(stream);
    return output;
}

Result<OutputFile> OutputFile::beside(fs::path target)
{
    OutputFile output;
    for (unsigned attempt = 0; !output.written_; ++attempt) {
        const fs::path name =
            target.parent_path() / (".sceau-" + std::to_string(::getpid()) + "-" + std::to_string(attempt));
        output.written_ = UniqueFd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (output.written_)
            output.temporary_ = name;
        else if (errno != EEXIST)
            return std::unexpected(base::io_errno("cannot write " + target.string(), errno));
    }
    // The file that is replaced passes on its permissions, so that a private mail stays private.
    struct stat replaced{};
    if (::stat(target.c_str(), &replaced) == 0 && ::fchmod(output.written_.value(), replaced.st_mode & 0777) != 0)
        return std::unexpected(base::io_errno("cannot write " + target.string(), errno));
    output.target_ = std::move(target);
    return output;
}

Result<> OutputFile::commit()
{
    if (stream_)
        return copy_to_stream();
    if (::fsync(written_.value()) != 0 || ::rename(temporary_.c_str(), target_.c_str()) != 0)
        return std::unexpected(base::io_errno("cannot write " + target_.string(), errno));
    temporary_.clear();
    sync_folder(target_.parent_path());
    return {};
}

Result<> OutputFile::copy_to_stream() const
{
    std::array<char, 65536> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
    for (off_t offset = 0;;) {
        const ssize_t count = ::pread(written_.value(), buffer.data(), buffer.size(), offset);
        if (count < 0)
            return std::unexpected(base::io_errno("cannot read what was written", errno));
        if (count == 0)
            return {};
        TRY(write_all(stream_.value(), buffer.data(), static_cast<std::size_t>(count)));
        offset += count;
    }
}

} // namespace sceau::sending
