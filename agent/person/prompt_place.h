// The places where a dialog may open.
#pragma once

#include "ipc/messages.h"
#include "ipc/peer.h"

#include <optional>
#include <string>

namespace sceau::agent {

/// Either a terminal or the graphical session. The session is found through the environment of the agent or the user
/// manager (dialog_environment.h), never through that of a client. Empty strings are not sent to pinentry.
struct PromptPlace {
    std::string tty;
    std::string term;
    std::string locale;
    bool in_session = true;
    bool terminal_is_others = false; // the caller's terminal belongs to another user and cannot be used
};

/// Returns the terminal that a caller names if it is the caller's own; otherwise only the language.
PromptPlace prompt_place(const ipc::Peer& peer, const std::optional<ipc::Terminal>& terminal, std::string locale);

/// Returns where to try again after a dialog did not open or ended by itself: the session may be dead, in which case
/// the terminal is used if there is one.
PromptPlace second_place(PromptPlace place);

} // namespace sceau::agent
