#include "clients/sending/input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace sceau::sending {

bool is_standard_input(const std::filesystem::path& path)
{
    return path.empty() || path == "-";
}

base::Result<mail::Source> open_input(const std::filesystem::path& path)
{
    if (!is_standard_input(path))
        return mail::Source::open(path);
    base::UniqueFd copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!copy)
        return std::unexpected(base::io_errno("there is no standard input", errno));
    return mail::Source::open(std::move(copy));
}

} // namespace sceau::sending
