// How a program reports a failure: an exit status, a name for scripts, and sentences in the person's language that say
// what happened and what to do next. Used by the main functions and commands of all programs that sign.
#pragma once

#include "clients/sending/failure.h"
#include "clients/words/console.h"

#include <string>
#include <string_view>

namespace sceau::words {

/// The exit status as in sysexits.h, or 130 when interrupted, as in shells.
int exit_status(const sending::Failure& failure);

/// A name for scripts: that of an error's code, or "interrupted", "no_keys", "not_the_sender", "no_key_fits".
std::string_view name_of(const sending::Failure& failure);

/// Returns lines for standard error.
std::string explained(const sending::Failure& failure, const Console& console);

/// Returns a clause such as "expired on 1 Mar 2026".
std::string explained(sending::Unfit reason, const ipc::Key& key, const Console& console);

} // namespace sceau::words
