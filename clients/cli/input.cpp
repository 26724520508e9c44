#include "clients/cli/input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace sceau::cli {

base::Result<mail::Source> open_input(const std::filesystem::path& path, const Console& console)
{
    if (!path.empty() && path != "-")
        return mail::Source::open(path);
    if (::isatty(STDIN_FILENO) == 1)
        console.tell(
            console.say("No file is named, so the mail is read from here: type or paste it, then Ctrl-D on a line of "
                        "its own.\n",
                        "Aucun fichier n'est nommé : le courriel est lu ici. Tapez-le ou collez-le, puis Ctrl-D "
                        "sur une ligne seule.\n"));
    base::UniqueFd copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!copy)
        return std::unexpected(base::io_errno("there is no standard input", errno));
    return mail::Source::open(std::move(copy));
}

} // namespace sceau::cli
