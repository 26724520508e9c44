// Lays out text in columns and paragraphs.
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

/// Aligns the columns of the rows, with two spaces between them. The first row has the columns' names.
std::string table(const std::vector<std::vector<Cell>>& rows, const Console& console);

/// Breaks words into lines of at most `width` columns, each indented by `indent` spaces. A longer word has a line of
/// its own.
std::string paragraph(std::string_view text, std::size_t indent, std::size_t width);

} // namespace sceau::cli
