// Sceau's errors as the numbers and sentences of sceau.h.
#pragma once

#include "base/error.h"
#include "base/language.h"

namespace sceau::client {

int status_of(base::ErrorCode code);

/// Returns a sentence that ends with a NUL.
const char* sentence(int status, base::Language language);

} // namespace sceau::client
