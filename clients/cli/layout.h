// Text in columns and paragraphs.
#pragma once

#include "clients/cli/words.h"

#include <string>
#include <string_view>
#include <vector>

namespace sceau::cli {

struct Cell {
    std::string text;
    Colour colour = Colour::none;
};

/// Rows whose columns stand under each other, two blanks apart; the first row is their names.
std::string table(const std::vector<std::vector<Cell>>& rows, const Console& console);

/// Words in lines of so many columns at most, each line after so many blanks. A longer word has a line of its own.
std::string paragraph(std::string_view text, std::size_t indent, std::size_t width);

} // namespace sceau::cli
