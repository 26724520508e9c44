// Makes text from outside (mails, certificates, names of programs) fit to be shown to a person.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::base {

/// Prepares a text for one line on a screen. It removes everything that a person cannot see: control, format and
/// bidirectional characters, letters that are drawn as nothing, and code points that Unicode has not assigned. It also
/// removes joiners and variation selectors, which only shape their neighbours, so that the counted width is right.
/// Blanks of every width become plain ones, and bytes that are not UTF-8 become U+FFFD. The result is at most `columns`
/// wide and ends in "…" if it was cut.
std::string shown(std::string_view text, std::size_t columns);

/// Cleans a text as shown() does and breaks it into lines, at blanks where there are any and within words otherwise, so
/// that a dialog with proportional letters does not become wide either: characters other than those of the common
/// alphabets count by how wide they may be drawn, and no line has more than two bytes a column. The `first` line has
/// other columns than the rest. Returns one empty line for a text that shows nothing.
std::vector<std::string> wrapped(std::string_view text, std::size_t first, std::size_t columns);

/// Returns how many columns of a terminal the unchanged text takes (UAX 11).
std::size_t columns_of(std::string_view text);

/// Returns whether shown() would leave nothing but blanks.
bool shows_nothing(std::string_view text);

/// For names that are kept as written: returns whether the text is UTF-8 in which a person sees every character, apart
/// from those that shape their neighbours.
bool is_plain(std::string_view text);

/// Returns the text with U+FFFD in place of each byte or character that is not plain.
std::string made_plain(std::string_view text);

} // namespace sceau::base
