// Where a dialog may open.
#pragma once

#include "ipc/messages.h"
#include "ipc/peer.h"

#include <optional>
#include <string>

namespace sceau::agent {

/// In the graphical session, which is found by the agent's or the user manager's environment (dialog_environment.h),
/// never by a client's, or on a terminal. Empty texts are not sent to pinentry.
struct PromptPlace {
    std::string tty;
    std::string term;
    std::string locale;
    bool in_session = true;
    bool terminal_is_others = false; // the caller's is another user's, and so no place
};

/// The terminal that a caller names, when it is the caller's own; else only the language.
PromptPlace prompt_place(const ipc::Peer& peer, const std::optional<ipc::Terminal>& terminal, std::string locale);

/// Where a dialog is tried again that did not open or ended by itself: its session may be dead, and then the terminal
/// serves, where there is one.
PromptPlace second_place(PromptPlace place);

} // namespace sceau::agent
