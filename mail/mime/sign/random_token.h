#pragma once

#include "base/result.h"

#include <string>

namespace sceau::mail::mime {

/// Returns 128 random bits in hex, for boundaries and message identifiers. Fails with `internal` if random numbers are
/// unavailable.
base::Result<std::string> random_token();

} // namespace sceau::mail::mime
