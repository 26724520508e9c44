// Text of others (mails, certificates, programs' names) made fit to be shown to a person.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sceau::base {

/// The text without control and bidirectional formatting characters and without what is not UTF-8, at most `columns`
/// code points, with "…" where it was longer.
std::string shown(std::string_view text, std::size_t columns);

} // namespace sceau::base
