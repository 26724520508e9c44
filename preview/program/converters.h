// Text of the charsets that mails are written in, as UTF-8. The converters are opened once, before the process gives up
// opening files, and stay open. GMime gets the same ones, since this file defines iconv_open(3) and iconv_close(3) for
// the whole process: a charset that is not among them cannot be shown, and is never guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::preview::program {

/// Opens all converters; later calls do nothing.
void open_converters();

struct Converted {
    std::string text;     // UTF-8
    bool damaged = false; // bytes that are not of the charset became U+FFFD
};

/// Returns nothing for a charset without a converter. An empty charset is US-ASCII (RFC 2045 §5.2). Where programs read
/// a charset as a larger one that has it (WHATWG Encoding), so does this: ISO-8859-1 as windows-1252, GB2312 as
/// GB18030.
std::optional<Converted> to_utf8(std::string_view charset, std::string_view bytes);

/// Returns the charsets for which GMime has asked in vain since the last call.
std::vector<std::string> take_unknown_charsets();

} // namespace sceau::preview::program
