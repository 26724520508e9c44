#pragma once

#include "base/result.h"

#include <string>

namespace sceau::mail::mime {

/// 128 random bits in hex, for boundaries and message identifiers. `internal` when there are none to be had.
base::Result<std::string> random_token();

} // namespace sceau::mail::mime
