// Reads the command line.
#pragma once

#include "clients/cli/commands.h"

#include <expected>

namespace sceau::cli {

/// Returns the command. If there is none, writes the help or the error and returns the exit status.
std::expected<Command, int> parse_command_line(int argc, const char* const* argv, const Console& console);

} // namespace sceau::cli
