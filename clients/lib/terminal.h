// The terminal that the program runs in, for the agent's PIN dialog.
#pragma once

#include "base/unique_fd.h"
#include "ipc/messages.h"

#include <termios.h>

#include <optional>

namespace sceau::client {

/// Returns the controlling terminal by its real name, or nothing if there is none.
std::optional<ipc::Terminal> own_terminal();

/// Restores the terminal's settings when it is destroyed. A dialog that is told to close, or is killed, gets a moment
/// to restore them itself; what it leaves is then restored here.
class TerminalSettings {
  public:
    explicit TerminalSettings(const std::optional<ipc::Terminal>& terminal);
    TerminalSettings(const TerminalSettings&) = delete;
    TerminalSettings& operator=(const TerminalSettings&) = delete;
    ~TerminalSettings();

  private:
    bool as_found() const;

    base::UniqueFd tty_; // empty: nothing to restore
    termios found_{};
};

} // namespace sceau::client
