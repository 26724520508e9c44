// What kind of terminal a dialog is told that it opens on. A terminal's own kind may be one that this machine knows
// nothing of, as kitty's over ssh: then a dialog does not open on it, though a kind that it resembles would do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sceau::agent {

/// Where ncurses looks for descriptions of terminals (terminfo(5)).
std::vector<std::filesystem::path> terminfo_folders();

/// The kind itself where it is described in one of the folders; else the first that is of its shorter names
/// ("tmux-256color", "tmux"), xterm-256color, xterm, vt220, vt100 and ansi. Empty where none is.
std::string known_terminal_type(const std::string& wanted, const std::vector<std::filesystem::path>& folders);

} // namespace sceau::agent
