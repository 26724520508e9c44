// The form that is signed (RFC 8551 §3.1.1, §3.1.3): 7-bit lines that end with CRLF, none over 998 bytes. Each class
// takes bytes piece by piece, so that memory does not grow with the message.
#pragma once

#include "mail/mime/writer.h"

namespace sceau::mail::mime {

constexpr std::size_t kLineLimit = 998; // bytes, without the CRLF (RFC 5322 §2.1.1)

/// Passes bytes on and makes every LF without a CR before it a CRLF.
class CanonicalLines {
  public:
    explicit CanonicalLines(Sink sink) : sink_(std::move(sink)) {}
    base::Result<> write(std::string_view piece);

  private:
    Sink sink_;
    bool after_cr_ = false;
};

/// Passes bytes on without the blanks before a line end or at the end of the input.
class TrimmedLines {
  public:
    explicit TrimmedLines(Sink sink) : sink_(std::move(sink)) {}
    base::Result<> write(std::string_view piece);
    base::Result<> finish();

  private:
    Sink sink_;
    std::string blanks_; // kept until the next byte decides about them
    bool after_cr_ = false;
};

/// What in a body would not survive transport.
struct Survey {
    // not allowed in a 7-bit part
    bool eight_bit = false;
    bool nul = false;
    bool bare_cr = false;
    bool long_line = false;
    // changed by some relays and mail stores (RFC 8551 §3.1.4)
    bool trailing_blank = false;
    bool from_line = false; // a line begins with "From "
    bool dot_line = false;  // a line begins with a dot, which SMTP doubles on the way
    bool over_76 = false;   // a line is longer than those of an encoded part may be (RFC 2045 §6.7, §6.8)

    bool is_seven_bit() const { return !eight_bit && !nul && !bare_cr && !long_line; }
};

class Surveyor {
  public:
    void take(std::string_view piece);
    /// Call it after the last piece.
    Survey finish();

  private:
    void take_text(std::string_view text);
    void end_line();

    Survey survey_;
    std::uint64_t line_size_ = 0;
    std::string line_start_; // the first five bytes of the line
    char last_ = '\n';
    char before_last_ = '\n';
};

base::Result<Survey> survey(const Source& source, Range range);

/// Passes bytes on as long as they are in canonical form, and refuses all others. This ensures that nothing else can be
/// signed, whatever the code before it does.
class SevenBitGate {
  public:
    explicit SevenBitGate(Sink sink) : sink_(std::move(sink)) {}

    /// Names the next bytes for the reason of a refusal: "the header".
    void set_place(std::string place) { place_ = std::move(place); }

    /// Fails with `bad_message` if the bytes are not in canonical form.
    base::Result<> write(std::string_view piece);

  private:
    bool take_whole_line(std::string_view line);
    base::Result<> take_each(std::string_view bytes);

    Sink sink_;
    std::string place_;
    std::size_t line_size_ = 0;
    bool after_cr_ = false;
};

} // namespace sceau::mail::mime
