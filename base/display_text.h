// Text of others (mails, certificates, programs' names) made fit to be shown to a person.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sceau::base {

/// For one line on a screen: the text without what a person cannot see, which is control, format and bidirectional
/// characters, letters that are drawn as nothing, and what Unicode has not assigned. Joiners and variation selectors,
/// which only shape their neighbours, go as well, so that it is as wide as it counts. Blanks of every width are plain
/// ones, what is not UTF-8 is U+FFFD. At most `columns` wide, with "…" where it was longer.
std::string shown(std::string_view text, std::size_t columns);

/// How many columns of a terminal the text takes as it is (UAX 11).
std::size_t columns_of(std::string_view text);

/// Whether nothing but blanks would be left of it.
bool shows_nothing(std::string_view text);

/// For names that are kept as they are written: whether it is UTF-8 in which a person sees each character, but for
/// those that shape their neighbours.
bool is_plain(std::string_view text);

/// The same text with U+FFFD in place of each byte or character that is not plain.
std::string made_plain(std::string_view text);

} // namespace sceau::base
