#include "clients/cli/input.h"

#include "clients/sending/input.h"

#include <unistd.h>

namespace sceau::cli {

base::Result<mail::Source> open_input(const std::filesystem::path& path, const Console& console)
{
    if (sending::is_standard_input(path) && ::isatty(STDIN_FILENO) == 1)
        console.tell(console.phrase(
            "No file is named, so the mail is read from here: type or paste it, then Ctrl-D on a line of "
            "its own.\n"));
    return sending::open_input(path);
}

} // namespace sceau::cli
