#include "agent/person/page.h"

#include "base/display_text.h"

#include <numeric>

namespace sceau::agent {

namespace {

constexpr std::string_view kContinued = "> ";

std::string joined(const Lines& lines)
{
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

} // namespace

Lines field_lines(std::string_view field)
{
    Lines lines = base::wrapped(field, kPageColumns, kPageColumns - kContinued.size());
    for (std::size_t i = 1; i < lines.size(); ++i)
        lines[i].insert(0, kContinued);
    return lines;
}

std::size_t escaped_size(const Lines& lines)
{
    return std::accumulate(lines.begin(), lines.end(), std::size_t{0}, [](std::size_t size, const std::string& line) {
        for (const char c : line)
            size += c == '%' ? 3 : c == '@' || c == ' ' ? 2 : 1; // more for pinentry-fltk and -gtk-2 (dialogs_of)
        return size + 3;                                         // "%0A"
    });
}

Page::Page(Lines last) : last_(std::move(last)) {}

bool Page::fits(const Lines& lines) const
{
    return lines_.size() + lines.size() + last_.size() <= kPageLines &&
           escaped_size(lines_) + escaped_size(lines) + escaped_size(last_) <= kPageBytes;
}

void Page::add(const Lines& lines)
{
    lines_.insert(lines_.end(), lines.begin(), lines.end());
}

bool Page::try_add(const Lines& lines)
{
    if (!fits(lines))
        return false;
    add(lines);
    return true;
}

std::string Page::end() const
{
    return joined(lines_) + joined(last_);
}

std::string Page::below(const Lines& first) const
{
    return joined(first) + joined(lines_);
}

} // namespace sceau::agent
