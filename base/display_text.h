// Text of others (mails, certificates, programs' names) made fit to be shown to a person.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sceau::base {

/// The text without what a person cannot see: control, format and bidirectional characters, letters that are drawn as
/// nothing, what Unicode has not assigned. Blanks of every width are plain ones, what is not UTF-8 is U+FFFD. At most
/// `columns` wide, with "…" where it was longer.
std::string shown(std::string_view text, std::size_t columns);

/// Whether a character's category says that it is not there to be seen: control, format, line separator, surrogate,
/// private use, unassigned.
bool is_hidden(char32_t character);

/// Whether nothing but blanks would be left of it.
bool shows_nothing(std::string_view text);

} // namespace sceau::base
