// Moments in the form that people read ("1 Mar 2027", "1er mars 2027") and in the form for machines (RFC 3339).
#pragma once

#include "base/language.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sceau::base {

/// In seconds: the year 9999, "no well-defined expiration" (RFC 5280 §4.1.2.5), does not fit into nanoseconds.
using Moment = std::chrono::sys_seconds;

Moment current_moment();

/// Reads RFC 3339 ("2026-11-24T10:12:00Z", "2026-11-24T11:12:00.250+01:00"), without the fraction of the second, or a
/// date alone, which means its first moment in UTC. The range is from 1950, where the times of certificates begin (RFC
/// 5280 §4.1.2.5), to 9999.
std::optional<Moment> parse_moment(std::string_view text);

/// "2026-11-24T10:12:00Z"
std::string rfc3339(Moment moment);
/// "2026-11-24T10:12:00.250Z"
std::string rfc3339_with_milliseconds(std::chrono::system_clock::time_point time);

/// Writes "24 Nov 2026" or "24 nov. 2026", in this process's time zone.
std::string shown_date(Moment moment, Language language);
/// Writes "24 Nov 2026 10:12", in this process's time zone.
std::string shown_time(Moment moment, Language language);

} // namespace sceau::base
