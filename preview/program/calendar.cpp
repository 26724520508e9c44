#include "preview/program/calendar.h"

#include "base/ascii.h"

#include <algorithm>
#include <string>

namespace sceau::preview::program {

namespace {

/// A content line (RFC 5545 §3.1): NAME;PARAMETER=value:value
struct ContentLine {
    std::string name; // upper case
    std::string_view parameters;
    std::string_view value;
};

bool same(std::string_view one, std::string_view other)
{
    return base::same_in_ascii(one, other);
}

/// Returns the text with the lines joined that are continued by a blank.
std::string joined(std::string_view text)
{
    std::string whole;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r')
            continue;
        const bool continues = text[i] == '\n' && i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\t');
        if (continues)
            ++i;
        else
            whole += text[i];
    }
    return whole;
}

ContentLine content_line(std::string_view line)
{
    bool quoted = false;
    std::size_t colon = 0;
    for (; colon < line.size() && (quoted || line[colon] != ':'); ++colon)
        quoted = quoted != (line[colon] == '"');
    const std::string_view left = line.substr(0, colon);
    const auto semicolon = std::min(left.find(';'), left.size());
    ContentLine content;
    content.name = base::ascii_lower(left.substr(0, semicolon));
    content.parameters = left.substr(semicolon);
    content.value = line.substr(std::min(colon + 1, line.size()));
    return content;
}

std::string parameter(std::string_view parameters, std::string_view wanted)
{
    while (!parameters.empty()) {
        parameters.remove_prefix(1);
        std::size_t end = 0;
        for (bool quoted = false; end < parameters.size() && (quoted || parameters[end] != ';'); ++end)
            quoted = quoted != (parameters[end] == '"');
        const std::string_view one = parameters.substr(0, end);
        parameters.remove_prefix(end);
        const auto equals = std::min(one.find('='), one.size());
        if (!same(one.substr(0, equals), wanted))
            continue;
        std::string_view value = one.substr(std::min(equals + 1, one.size()));
        if (value.size() > 1 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

/// RFC 5545 §3.3.11
std::string unescaped(std::string_view value)
{
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) {
            ++i;
            text += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
        } else {
            text += value[i];
        }
    }
    return text;
}

/// "20261201T100000Z" becomes "2026-12-01 10:00 UTC". What is not of that form stays.
std::string moment(const ContentLine& line)
{
    const std::string_view value = line.value;
    const bool has_date =
        value.size() >= 8 && std::ranges::all_of(value.substr(0, 8), [](char c) { return c >= '0' && c <= '9'; });
    if (!has_date)
        return std::string(value);
    std::string text =
        std::string(value.substr(0, 4)).append("-").append(value.substr(4, 2)).append("-").append(value.substr(6, 2));
    if (value.size() < 13 || value[8] != 'T')
        return value.size() == 8 ? text : std::string(value);
    text.append(" ").append(value.substr(9, 2)).append(":").append(value.substr(11, 2));
    if (value.ends_with('Z'))
        return text + " UTC";
    const std::string zone = parameter(line.parameters, "TZID");
    return zone.empty() ? text : text + " " + zone;
}

std::string organiser(const ContentLine& line)
{
    const std::string name = parameter(line.parameters, "CN");
    const std::string_view address = same(line.value.substr(0, 7), "mailto:") ? line.value.substr(7) : line.value;
    return name.empty() ? std::string(address) : name + " <" + std::string(address) + ">";
}

} // namespace

std::vector<Invitation> read_calendar(std::string_view calendar)
{
    const std::string text = joined(calendar);
    std::string_view rest = text;
    std::vector<Invitation> events;
    std::string method;
    bool in_event = false;
    std::size_t inner = 0; // components within the event, such as alarms, which have a summary of their own
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const ContentLine line = content_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.name == "begin" && same(line.value, "VEVENT") && events.size() < kInvitationLimit) {
            in_event = true;
            inner = 0;
            events.emplace_back();
        } else if (line.name == "begin" && in_event) {
            ++inner;
        } else if (line.name == "end" && in_event && inner > 0) {
            --inner;
        } else if (line.name == "end") {
            in_event = false;
        } else if (line.name == "method" && !in_event) {
            method = line.value;
        } else if (in_event && inner == 0 && line.name == "summary") {
            events.back().summary = unescaped(line.value);
        } else if (in_event && inner == 0 && line.name == "dtstart") {
            events.back().start = moment(line);
        } else if (in_event && inner == 0 && line.name == "organizer") {
            events.back().organiser = organiser(line);
        }
    }
    for (Invitation& event : events)
        event.method = method;
    return events;
}

} // namespace sceau::preview::program
