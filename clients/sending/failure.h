// Why nothing was signed, as values. They stay values until the edge of a program, where clients/words turns them into
// an exit status and sentences.
#pragma once

#include "clients/sending/key_choice.h"

#include <expected>
#include <string>
#include <variant>
#include <vector>

namespace sceau::sending {

/// Ctrl-C, another signal that ends programs, or whatever else the program gives up its calls for.
struct Interrupted {};

/// No token is plugged in, or none that has a key.
struct NoKeys {
    ipc::ListTokens::Reply seen = {}; // what is plugged in instead
};

/// The address that is wanted as the signer is not a sender of the mail.
struct NotTheSender {
    std::string address;
    std::vector<std::string> senders;
};

using Failure = std::variant<base::Error, Interrupted, NoKeys, NotTheSender, NoKeyFits>;

template <class T = void>
using Outcome = std::expected<T, Failure>;

} // namespace sceau::sending
