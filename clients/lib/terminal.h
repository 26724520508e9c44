// The terminal that the program runs in, as the agent's PIN dialog may use it.
#pragma once

#include "base/unique_fd.h"
#include "ipc/messages.h"

#include <termios.h>

#include <optional>

namespace sceau::client {

/// The controlling terminal by its real name; none where there is none.
std::optional<ipc::Terminal> own_terminal();

/// Leaves the terminal as it was found: a dialog that is told to go, or is killed, gets a moment to put it in order,
/// and what it left is put in order then.
class TerminalSettings {
  public:
    explicit TerminalSettings(const std::optional<ipc::Terminal>& terminal);
    TerminalSettings(const TerminalSettings&) = delete;
    TerminalSettings& operator=(const TerminalSettings&) = delete;
    ~TerminalSettings();

  private:
    bool as_found() const;

    base::UniqueFd tty_; // none: nothing to restore
    termios found_{};
};

} // namespace sceau::client
