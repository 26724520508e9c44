// What was asked on the command line.
#pragma once

#include "clients/cli/commands.h"

#include <expected>

namespace sceau::cli {

/// The command, or the exit status of one that is none: usage and errors of usage have been written then.
std::expected<Command, int> parse_command_line(int argc, const char* const* argv, const Console& console);

} // namespace sceau::cli
