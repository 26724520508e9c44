// The agent's log: one line on stderr an event, which the user manager takes to the journal. Never a secret, a mail's
// text or a PIN's length.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <utility>

namespace sceau::agent {

template <class... Args>
void log(fmt::format_string<Args...> format, Args&&... args)
{
    fmt::print(stderr, "sceau-agent: {}\n", fmt::format(format, std::forward<Args>(args)...));
}

} // namespace sceau::agent
