#include "base/moment.h"

#include <fmt/chrono.h>

#include <array>
#include <ctime>

namespace sceau::base {

using std::chrono::system_clock;

namespace {

// Reads only what `format` writes in UTC. strptime alone also accepts the 31st of any month and blanks between fields.
std::optional<Moment> parse_utc(const std::string& text, const std::string& format)
{
    std::tm fields{};
    const char* end = ::strptime(text.c_str(), format.c_str(), &fields);
    if (end == nullptr || *end != '\0')
        return std::nullopt;
    const std::time_t time = ::timegm(&fields);
    if (fmt::format(fmt::runtime("{:" + format + "}"), fmt::gmtime(time)) != text)
        return std::nullopt;
    return Moment(std::chrono::seconds(time));
}

// Reads "Z", "+01:00" and "-03:30".
std::optional<std::chrono::minutes> parse_offset(std::string_view text)
{
    if (text == "Z")
        return std::chrono::minutes(0);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-'))
        return std::nullopt;
    const auto clock = parse_utc("1970-01-01T" + std::string(text.substr(1)) + ":00", "%Y-%m-%dT%H:%M:%S");
    if (!clock)
        return std::nullopt;
    const auto offset = std::chrono::floor<std::chrono::minutes>(clock->time_since_epoch());
    return text[0] == '-' ? -offset : offset;
}

// Takes ".250" off ".250Z".
std::string_view without_fraction(std::string_view text)
{
    const std::size_t digits_end = text.starts_with('.') ? text.find_first_not_of("0123456789", 1) : 0;
    return digits_end > 1 && digits_end != std::string_view::npos ? text.substr(digits_end) : text;
}

std::string_view month_name(int month, Language language)
{
    static constexpr std::array kNames = {
        // Translators: The twelve months, as short as a date has them.
        translatable("Jan"), translatable("Feb"), translatable("Mar"), translatable("Apr"),
        translatable("May"), translatable("Jun"), translatable("Jul"), translatable("Aug"),
        translatable("Sep"), translatable("Oct"), translatable("Nov"), translatable("Dec"),
    };
    return language.translated(kNames.at(static_cast<std::size_t>(month)));
}

std::optional<Moment> parse_any_moment(std::string_view text)
{
    constexpr std::size_t kDateAndTime = sizeof "2026-11-24T10:12:00" - 1;
    if (text.size() <= kDateAndTime)
        return parse_utc(std::string(text), "%Y-%m-%d");
    const auto local = parse_utc(std::string(text.substr(0, kDateAndTime)), "%Y-%m-%dT%H:%M:%S");
    const auto offset = parse_offset(without_fraction(text.substr(kDateAndTime)));
    if (!local || !offset)
        return std::nullopt;
    return *local - *offset;
}

} // namespace

Moment current_moment()
{
    return std::chrono::floor<std::chrono::seconds>(system_clock::now());
}

std::optional<Moment> parse_moment(std::string_view text)
{
    using namespace std::chrono_literals;
    // RFC 3339 can write these moments and certificates can be judged at them: the years have four digits.
    constexpr Moment kFirst = std::chrono::sys_days(1950y / std::chrono::January / 1);
    constexpr Moment kEnd = std::chrono::sys_days(10000y / std::chrono::January / 1);
    const auto moment = parse_any_moment(text);
    return moment && *moment >= kFirst && *moment < kEnd ? moment : std::nullopt;
}

std::string rfc3339(Moment moment)
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(moment.time_since_epoch().count()));
}

std::string rfc3339_with_milliseconds(system_clock::time_point time)
{
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.count()), (milliseconds - seconds).count());
}

std::string shown_date(Moment moment, Language language)
{
    const std::tm local = fmt::localtime(moment.time_since_epoch().count());
    const std::string_view month = month_name(local.tm_mon, language);
    const int year = local.tm_year + 1900;
    // Translators: The first of a month: the month and the year.
    return local.tm_mday == 1 ? language.phrase("1 {} {}", month, year)
                              // Translators: Any other day: the day, the month and the year.
                              : language.phrase("{} {} {}", local.tm_mday, month, year);
}

std::string shown_time(Moment moment, Language language)
{
    const std::tm local = fmt::localtime(moment.time_since_epoch().count());
    return fmt::format("{} {:02}:{:02}", shown_date(moment, language), local.tm_hour, local.tm_min);
}

} // namespace sceau::base
