// Why a command did not do what it was asked: kept as what it is until the edge, where it becomes an exit status and
// sentences in the person's language that say what happened and what to do next.
#pragma once

#include "clients/cli/console.h"
#include "clients/cli/key_choice.h"

#include <expected>
#include <string>
#include <string_view>
#include <variant>

namespace sceau::cli {

/// By Ctrl-C or another signal that ends programs.
struct Interrupted {};

/// No token is plugged in, or none with a key.
struct NoKeys {
    ipc::ListTokens::Reply seen = {}; // what there is instead
};

/// --from names who is not the mail's sender.
struct NotTheSender {
    std::string address;
    std::vector<std::string> senders;
};

using Failure = std::variant<base::Error, Interrupted, NoKeys, NotTheSender, NoKeyFits>;

template <class T = void>
using Outcome = std::expected<T, Failure>;

/// As sysexits.h has them (design §6); 130 when interrupted, as shells have it.
int exit_status(const Failure& failure);

/// For scripts: the name of an error's code, or "interrupted", "no_keys", "not_the_sender", "no_key_fits".
std::string_view name_of(const Failure& failure);

/// Lines for standard error.
std::string explained(const Failure& failure, const Console& console);

/// "expired on 1 Mar 2026"
std::string explained(Unfit reason, const ipc::Key& key, const Console& console);

} // namespace sceau::cli
