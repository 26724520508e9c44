// Failures as a program tells them: an exit status, a name for scripts, and sentences in the person's language that say
// what happened and what to do next. For the main functions and commands of all programs that sign.
#pragma once

#include "clients/sending/failure.h"
#include "clients/words/console.h"

#include <string>
#include <string_view>

namespace sceau::words {

/// As sysexits.h has them; 130 when interrupted, as shells have it.
int exit_status(const sending::Failure& failure);

/// For scripts: the name of an error's code, or "interrupted", "no_keys", "not_the_sender", "no_key_fits".
std::string_view name_of(const sending::Failure& failure);

/// Lines for standard error.
std::string explained(const sending::Failure& failure, const Console& console);

/// "expired on 1 Mar 2026"
std::string explained(sending::Unfit reason, const ipc::Key& key, const Console& console);

} // namespace sceau::words
