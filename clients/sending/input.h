// The mail that a program is given as its input.
#pragma once

#include "mail/source.h"

#include <filesystem>

namespace sceau::sending {

/// Whether the path means standard input: "" and "-" do.
bool is_standard_input(const std::filesystem::path& path);

/// Opens the file or standard input. Fails with `io` if it cannot be read.
base::Result<mail::Source> open_input(const std::filesystem::path& path);

} // namespace sceau::sending
