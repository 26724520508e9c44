// How our programs find each other: by paths relative to themselves, so that a build tree works without installation.
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace sceau::base {

/// Returns the path of a program that only our own programs start: libexec/sceau/NAME beside an installed bin/, or
/// libexec/NAME in a build tree. Fails with `internal` if it is in neither place.
Result<std::filesystem::path> libexec_program(std::string_view name);

/// The folders of the administrator's and of the person's settings. The person's is $XDG_CONFIG_HOME/sceau, with
/// ~/.config in place of an unset variable.
inline constexpr const char* kAdministratorsFolder = "/etc/sceau";
std::filesystem::path user_folder();

/// The folder of what is kept for the person: $XDG_STATE_HOME/sceau, with ~/.local/state in place of an unset variable.
std::filesystem::path state_folder();
/// Returns where the agent's journal is unless its configuration says otherwise.
std::filesystem::path default_journal();

/// Returns PREFIX/etc/sceau/FILE, beside bin/, for an installation outside /usr. Empty for /usr, whose configuration is
/// in /etc.
std::filesystem::path prefix_configuration(std::string_view file);

/// Returns the folder of the person's session: $XDG_RUNTIME_DIR unless it belongs to another person (su), otherwise
/// /run/user/UID if that belongs to us alone (cron, ssh). Empty if there is neither.
std::filesystem::path runtime_folder();

/// Returns the path of the agent's socket: $SCEAU_SOCKET, otherwise sceau/agent in the runtime folder. Fails with
/// `agent_unreachable` if there is neither.
Result<std::filesystem::path> socket_path();

} // namespace sceau::base
