// The mail that a command is given as its input.
#pragma once

#include "clients/cli/words.h"
#include "mail/source.h"

#include <filesystem>

namespace sceau::cli {

/// Opens the file, or standard input for "" and "-".
base::Result<mail::Source> open_input(const std::filesystem::path& path, const Console& console);

} // namespace sceau::cli
