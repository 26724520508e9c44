// Text of an attacker's choice, made fit to be shown: names in certificates and headers.
#pragma once

#include <string>
#include <string_view>

namespace sceau::mail::cms {

/// True when it is well-formed UTF-8 without characters that steer a terminal or hide: controls, line separators,
/// bidirectional and other format characters. The two joiners that some scripts are written with do not count.
bool is_plain(std::string_view text);

/// The same text with U+FFFD in place of each byte or character that is not plain.
std::string made_plain(std::string_view text);

bool is_ascii(std::string_view text);
/// A to Z only, whatever the locale.
std::string ascii_lower(std::string_view text);

} // namespace sceau::mail::cms
