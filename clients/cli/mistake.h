// CLI11's messages about a wrong command line, in the person's language.
#pragma once

#include "base/language.h"

#include <string>
#include <string_view>

namespace sceau::cli {

/// Returns CLI11's own words if they are not known here.
std::string mistake_in(base::Language language, std::string_view mistake);

} // namespace sceau::cli
