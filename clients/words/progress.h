// What a person is told while a signature is being made.
#pragma once

#include "clients/words/console.h"
#include "ipc/messages.h"

#include <string>

namespace sceau::words {

/// The line that is shown before the agent is asked, because nothing may be written over a dialog on this terminal.
std::string dialog_note(const Console& console);

/// Returns the line for a stage of the signature. Before the dialog opens, it says how its content is known; for the
/// stages after that it is empty, since the dialog may be drawn on the same terminal.
std::string explained(const ipc::Progress& progress, const Console& console);

} // namespace sceau::words
