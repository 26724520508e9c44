// The lines of the Assuan protocol, which pinentry speaks; libassuan's manual describes it under "Implementation".
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace sceau::agent {

/// Makes one command line of at most 1000 bytes; a longer one would make pinentry exit. The argument is percent-escaped
/// (%, CR, LF) and cut at a character boundary.
std::string assuan_line(std::string_view command, std::string_view argument);

/// Appends the data of a D line, with %XX decoded. Fails with `invalid_parameter` when it does not fit into the Secret.
base::Result<> append_assuan_data(base::BytesView data, base::Secret& to);

/// Translates the arguments of an ERR line: `cancelled`, `timed_out`, or `unsupported` where the dialog cannot open.
base::Error assuan_error(std::string_view arguments);

} // namespace sceau::agent
