#include "clients/cli/layout.h"

#include "base/display_text.h"

#include <unistr.h>

#include <algorithm>
#include <cstdint>

namespace sceau::cli {

namespace {

constexpr std::size_t kGap = 2;

} // namespace

std::string table(const std::vector<std::vector<Cell>>& rows, const Console& console)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], base::columns_of(row[i].text));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        std::size_t due = 0; // spaces before the next cell that is not empty
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!row[i].text.empty())
                line += std::string(std::exchange(due, 0), ' ') + console.painted(row[i].colour, row[i].text);
            due += widths[i] - base::columns_of(row[i].text) + kGap;
        }
        text += line + "\n";
    }
    return text;
}

std::string paragraph(std::string_view text, std::size_t indent, std::size_t width)
{
    std::string lines;
    std::size_t column = 0; // 0: the line is still empty
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const std::size_t columns = base::columns_of(word);
        if (column > 0 && column + 1 + columns > width) {
            lines += "\n";
            column = 0;
        }
        lines += column == 0 ? std::string(indent, ' ') : " ";
        lines += word;
        column += columns + (column == 0 ? indent : 1);
    }
    return lines + "\n";
}

} // namespace sceau::cli
