#include "base/owned_file.h"

#include "base/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sceau::base {

namespace fs = std::filesystem;

namespace {

constexpr off_t kSizeLimit = off_t{1} << 20;

std::unexpected<Error> refused(const fs::path& path, std::string_view why)
{
    return std::unexpected(invalid_parameter({}, path.string() + ": " + std::string(why)));
}

Result<> check_writers(const fs::path& path, const struct stat& file, const Writers& writers)
{
    if (!writers.owners.contains(file.st_uid))
        return refused(path, "belongs to user " + std::to_string(file.st_uid) +
                                 ", who may not decide here; it must belong to user " +
                                 std::to_string(*writers.owners.begin()));
    if ((file.st_mode & S_IWOTH) != 0)
        return refused(path, "every user of this machine can write to it; take that away (chmod o-w)");
    if ((file.st_mode & S_IWGRP) != 0 && !writers.group && file.st_gid != 0)
        return refused(path, "group " + std::to_string(file.st_gid) + " can write to it; take that away (chmod g-w)");
    return {};
}

Result<> check_folder(const fs::path& path, const Writers& writers)
{
    struct stat folder{};
    const fs::path parent = path.parent_path();
    if (::stat(parent.c_str(), &folder) != 0)
        return refused(parent, std::string("cannot be looked at: ") + std::strerror(errno));
    return check_writers(parent, folder, writers);
}

// Called when open() found nothing. That is fine if the file does not exist, but an error if it is a dangling link.
Result<std::optional<std::string>> not_there(const fs::path& path)
{
    struct stat link{};
    if (::lstat(path.c_str(), &link) == 0)
        return refused(path, "is a link to a file that does not exist");
    return std::nullopt;
}

Result<std::string> contents(const fs::path& path, int fd, off_t size)
{
    std::string text(static_cast<std::size_t>(size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t got = ::read(fd, text.data() + done, text.size() - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return refused(path, std::string("cannot be read: ") + std::strerror(errno));
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
}

} // namespace

Writers for_all(uid_t administrator)
{
    return {.owners = {administrator}, .group = false, .folder = true};
}

Writers for_oneself(uid_t administrator)
{
    return {.owners = {administrator, ::geteuid()}, .group = true, .folder = false};
}

Result<std::optional<std::string>> read_owned_file(const fs::path& path, const Writers& writers)
{
    // O_NONBLOCK: a pipe in place of the file must not make anybody wait for data that never comes.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd && errno == ENOENT)
        return not_there(path);
    if (!fd)
        return refused(path, std::string("cannot be read: ") + std::strerror(errno));
    struct stat file{};
    if (::fstat(fd.value(), &file) != 0)
        return refused(path, std::string("cannot be looked at: ") + std::strerror(errno));
    if (!S_ISREG(file.st_mode))
        return refused(path, S_ISDIR(file.st_mode) ? "is a folder, not a file" : "is not a regular file");
    TRY(check_writers(path, file, writers));
    if (writers.folder)
        TRY(check_folder(path, writers));
    if (file.st_size > kSizeLimit)
        return refused(path, "is larger than 1 MiB");
    TRY_ASSIGN(std::string text, contents(path, fd.value(), file.st_size));
    return std::optional(std::move(text));
}

} // namespace sceau::base
