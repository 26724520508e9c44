// Where our programs find each other: relative to themselves, so that a build tree works without installation.
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace sceau::base {

/// The path of a program that only ours start: libexec/sceau/NAME beside an installed bin/, libexec/NAME in a build
/// tree. `internal` where it is in neither.
Result<std::filesystem::path> libexec_program(std::string_view name);

/// What the administrator decides for all, and what the person decides: $XDG_CONFIG_HOME/sceau, with ~/.config in place
/// of an unset variable.
inline constexpr const char* kAdministratorsFolder = "/etc/sceau";
std::filesystem::path user_folder();

/// Of an installation in another place than /usr: PREFIX/etc/sceau/FILE beside its bin/. Empty in /usr, whose
/// configuration is in /etc.
std::filesystem::path prefix_configuration(std::string_view file);

/// The folder of the person's session: $XDG_RUNTIME_DIR, unless it is another person's (su), else /run/user/UID where
/// that is ours alone (cron, ssh). Empty where there is neither.
std::filesystem::path runtime_folder();

/// Where clients meet the agent: $SCEAU_SOCKET, else sceau/agent in the runtime folder; `agent_unreachable` where there
/// is neither.
Result<std::filesystem::path> socket_path();

} // namespace sceau::base
