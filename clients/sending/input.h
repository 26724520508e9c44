// The mail that a program is given.
#pragma once

#include "mail/source.h"

#include <filesystem>

namespace sceau::sending {

/// Whether that means standard input: "" and "-".
bool is_standard_input(const std::filesystem::path& path);

/// The file, or standard input. `io` where it cannot be read.
base::Result<mail::Source> open_input(const std::filesystem::path& path);

} // namespace sceau::sending
