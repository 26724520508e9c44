// The agent's log: one line on stderr an event, which the user manager takes to the journal. Never a secret, a mail's
// text or a PIN's length. What comes from a token or a program is cleaned of what would be an order to a terminal.
#pragma once

#include "base/display_text.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

namespace sceau::agent {

template <class... Args>
void log(fmt::format_string<Args...> format, Args&&... args)
{
    constexpr std::size_t kColumns = 4096;
    fmt::print(stderr, "sceau-agent: {}\n", base::shown(fmt::format(format, std::forward<Args>(args)...), kColumns));
}

} // namespace sceau::agent
