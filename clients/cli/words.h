// Short names for the texts that the command shares with the other programs.
#pragma once

#include "clients/words/console.h"
#include "clients/words/moment.h"
#include "clients/words/sentence.h"

namespace sceau::cli {

using words::ascii_of;
using words::Colour;
using words::Console;
using words::current_moment;
using words::enumerated;
using words::kWidestLine;
using words::Moment;
using words::parse_moment;
using words::rfc3339;
using words::shown_date;
using words::shown_time;

} // namespace sceau::cli
