// The events of a text/calendar part (RFC 5545).
#pragma once

#include "preview/summary.h"

#include <string_view>
#include <vector>

namespace sceau::preview::program {

/// Reads UTF-8. Texts are not yet fit to be shown.
std::vector<Invitation> read_calendar(std::string_view calendar);

} // namespace sceau::preview::program
