// Where a link leads, compared with what its text says.
#pragma once

#include <string>
#include <string_view>

namespace sceau::preview::program {

/// Returns the host of an address such as "https://user@www.example.org:443/x" or "//example.org", in lower case; empty
/// if it is not one on the net.
std::string net_host(std::string_view address);

/// Returns whether a word of the link's text looks like an address that leads elsewhere than the target does. The same
/// host, with or without "www.", is the same place; a mail address must be the same.
bool link_misleads(std::string_view text, std::string_view target);

} // namespace sceau::preview::program
