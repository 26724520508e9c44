// Which kind of terminal a dialog is told it opens on. This machine may not know a terminal's own kind, such as kitty's
// over ssh. A dialog does not open on an unknown kind, although a similar one would work.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sceau::agent {

/// The folders where ncurses looks for terminal descriptions (terminfo(5)).
std::vector<std::filesystem::path> terminfo_folders();

/// Returns the wanted kind if one of the folders describes it. Otherwise returns the first that is described among its
/// shorter names ("tmux-256color", "tmux"), xterm-256color, xterm, vt220, vt100 and ansi. Empty if none is described.
std::string known_terminal_type(const std::string& wanted, const std::vector<std::filesystem::path>& folders);

} // namespace sceau::agent
