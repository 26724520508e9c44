// Quoted-printable (RFC 2045 §6.7) as a signed part needs it. Unlike GMime's, it uses CRLF line ends and leaves nothing
// at the edges of a line that a relay or a mail store would change.
#pragma once

#include "mail/mime/writer.h"

#include <array>

namespace sceau::mail::mime {

/// Returns a byte as two digits, "=C3" (RFC 2045 §6.7 rule 1, RFC 2047 §4.2 rule 1).
std::array<char, 3> escaped(char c);

/// Takes text in which CRLF ends a line; a lone CR or LF is data and is encoded. The lines that it writes are at most
/// 76 characters long, do not end in a blank, and do not begin with "From ", "." or "--".
class QuotedPrintableEncoder {
  public:
    explicit QuotedPrintableEncoder(Sink sink) : sink_(std::move(sink)) {}

    base::Result<> write(std::string_view piece);
    base::Result<> finish();

  private:
    base::Result<> put(char c);
    base::Result<> soft_break();
    /// Encodes a blank at the line's end, which transport may drop (RFC 2045 §6.7 rule 3).
    base::Result<> close_line();

    Sink sink_;
    std::string line_;
    bool after_cr_ = false;
};

} // namespace sceau::mail::mime
