// What a person is told while a signature is on its way.
#pragma once

#include "clients/words/console.h"
#include "ipc/messages.h"

#include <string>

namespace sceau::words {

/// The line before the agent is asked, because a dialog on this terminal must not be written over.
std::string dialog_note(const Console& console);

/// The line for a stage of the signature; empty for those that are told by the dialog, which may be drawn on the same
/// terminal.
std::string explained(const ipc::Progress& progress, const Console& console);

} // namespace sceau::words
