#include "base/moment.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>
#include <string>

using namespace sceau;
using namespace sceau::base;

TEST_CASE("a moment is read from a date or an RFC 3339 time with its offset")
{
    const auto* const text = GENERATE("2026-11-24T10:12:00Z", "2026-11-24T11:12:00+01:00", "2026-11-24T06:42:00-03:30");
    REQUIRE(parse_moment(text));
    CHECK(rfc3339(*parse_moment(text)) == "2026-11-24T10:12:00Z");
    CHECK(rfc3339(*parse_moment("2024-02-29")) == "2024-02-29T00:00:00Z");
}

TEST_CASE("the fraction of a second in a moment is read, and written where it is wanted")
{
    CHECK(parse_moment("2026-11-24T10:12:00.25Z") == parse_moment("2026-11-24T10:12:00Z"));
    CHECK(parse_moment("2026-11-24T11:12:00.250+01:00") == parse_moment("2026-11-24T10:12:00Z"));
    CHECK_FALSE(parse_moment(GENERATE("2026-11-24T10:12:00.Z", "2026-11-24T10:12:00.25", "2026-11-24.25")));
    CHECK(rfc3339_with_milliseconds(*parse_moment("2026-11-24T10:12:00Z") + std::chrono::milliseconds(7)) ==
          "2026-11-24T10:12:00.007Z");
}

TEST_CASE("text that is not a moment is refused")
{
    CHECK_FALSE(parse_moment(GENERATE("", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-1-1", "24.11.2026",
                                      "2026-11-24 10:12:00Z", "2026-11-24T10:12:00", "2026-11-24T10:12Z",
                                      "2026-11-24T10:12:00+0100", "2026-11-24T10:12:00+24:00", "2026-11-24T24:00:00Z",
                                      "2026-11-24T10:12:00Zz", "2026-11-24T10:12:60Z", " 2026-11-24", "2026-11-24 ")));
}

TEST_CASE("moments reach from 1950 to 9999, and what lies beyond is refused")
{
    for (const char* text : {"1950-01-01", "1677-01-01", "2262-12-31", "2300-01-01", "9999-12-31T23:59:59Z"})
        CHECK((parse_moment(text) ? rfc3339(*parse_moment(text)).substr(0, 10) : "") ==
              (std::string_view(text) < "1950" ? "" : std::string(text).substr(0, 10)));
    CHECK_FALSE(parse_moment(GENERATE("0000-01-01", "1500-01-01", "1949-12-31", "1950-01-01T00:00:00+00:01",
                                      "9999-12-31T23:59:59-00:01", "10000-01-01", "99999-01-01", "-2026-01-01")));
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    CHECK(shown_date(*parse_moment("9999-12-31T23:59:59Z"), Language::english) == "31 Dec 9999");
}

TEST_CASE("a date is shown in words of the person's language and in local time")
{
    ::setenv("TZ", "CET-1", 1);
    ::tzset();
    const Moment moment = *parse_moment("2026-12-31T23:30:00Z");
    CHECK(shown_date(moment, Language::english) == "1 Jan 2027");
    CHECK(shown_date(moment, base::language_of("fr")) == "1er janv. 2027");
    CHECK(shown_time(moment, Language::english) == "1 Jan 2027 00:30");
    ::setenv("TZ", "UTC", 1);
    ::tzset();
}
