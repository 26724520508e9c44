// The lines that are spoken with pinentry: libassuan's protocol, as its manual's "Implementation" has it.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace sceau::agent {

/// One command line of at most 1000 bytes (longer ones end pinentry): the argument percent-escaped (%, CR, LF) and cut
/// on a character's boundary.
std::string assuan_line(std::string_view command, std::string_view argument);

/// Appends what a D line carries, with %XX undone. `invalid_parameter` when it is too long for a Secret.
base::Result<> append_assuan_data(base::BytesView data, base::Secret& to);

/// What stands behind ERR: `cancelled`, `timed_out`, or `unsupported` where the dialog cannot open.
base::Error assuan_error(std::string_view arguments);

} // namespace sceau::agent
