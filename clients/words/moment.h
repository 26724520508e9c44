// Dates and times, under the short names that the programs use.
#pragma once

#include "base/moment.h"

namespace sceau::words {

using base::current_moment;
using base::Moment;
using base::parse_moment;
using base::rfc3339;
using base::shown_date;
using base::shown_time;

} // namespace sceau::words
