// Short names for the texts that the command shares with the other programs.
#pragma once

#include "base/moment.h"
#include "clients/words/console.h"
#include "clients/words/sentence.h"

namespace sceau::cli {

using base::current_moment;
using base::Moment;
using base::parse_moment;
using base::rfc3339;
using base::shown_date;
using base::shown_time;
using words::ascii_of;
using words::Colour;
using words::Console;
using words::enumerated;
using words::kWidestLine;

} // namespace sceau::cli
