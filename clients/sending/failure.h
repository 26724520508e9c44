// Why nothing was signed, as values: they stay what they are until the edge of a program, where clients/words makes an
// exit status and sentences of them.
#pragma once

#include "clients/sending/key_choice.h"

#include <expected>
#include <string>
#include <variant>
#include <vector>

namespace sceau::sending {

/// By Ctrl-C or another signal that ends programs, or by whatever else the program gives its calls up for.
struct Interrupted {};

/// No token is plugged in, or none with a key.
struct NoKeys {
    ipc::ListTokens::Reply seen = {}; // what there is instead
};

/// The sender whose signature is wanted is not the mail's.
struct NotTheSender {
    std::string address;
    std::vector<std::string> senders;
};

using Failure = std::variant<base::Error, Interrupted, NoKeys, NotTheSender, NoKeyFits>;

template <class T = void>
using Outcome = std::expected<T, Failure>;

} // namespace sceau::sending
