// The agent's log: one line on stderr for each event, which the user manager passes to the journal. It never contains a
// secret, the text of a mail or the length of a PIN. Control characters are removed from anything that comes from a
// token or a program, so that it cannot control a terminal.
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
