#include "mail/mime/canonical.h"

#include <utility>

namespace sceau::mail::mime {

using base::Result;

Result<> CanonicalLines::write(std::string_view piece)
{
    while (!piece.empty()) {
        const auto newline = piece.find('\n');
        const std::string_view text = piece.substr(0, newline);
        TRY(sink_(text));
        if (!text.empty())
            after_cr_ = text.back() == '\r';
        if (newline == std::string_view::npos)
            return {};
        TRY(sink_(after_cr_ ? "\n" : "\r\n"));
        after_cr_ = false;
        piece.remove_prefix(newline + 1);
    }
    return {};
}

Result<> TrimmedLines::write(std::string_view piece)
{
    std::string out;
    for (const char c : piece) {
        if (after_cr_ && c != '\n')
            out += std::exchange(blanks_, {}) + '\r'; // a CR that ends no line is left alone
        if (c == '\n')
            out += after_cr_ ? "\r\n" : "\n";
        else if (c == ' ' || c == '\t')
            blanks_ += c;
        else if (c != '\r')
            out += std::exchange(blanks_, {}) + c;
        if (c == '\n')
            blanks_.clear();
        after_cr_ = c == '\r';
    }
    return sink_(out);
}

Result<> TrimmedLines::finish()
{
    return after_cr_ ? sink_(blanks_ + '\r') : Result<>();
}

void Surveyor::take(std::string_view piece)
{
    for (const char c : piece) {
        if (c == '\n') {
            end_line();
        } else {
            survey_.bare_cr = survey_.bare_cr || last_ == '\r';
            survey_.eight_bit = survey_.eight_bit || static_cast<unsigned char>(c) >= 0x80;
            survey_.nul = survey_.nul || c == '\0';
            if (line_size_ < 5)
                line_start_ += c;
            ++line_size_;
        }
        before_last_ = last_;
        last_ = c;
    }
}

void Surveyor::end_line()
{
    const bool crlf = last_ == '\r';
    const char last = crlf ? before_last_ : last_;
    const std::uint64_t size = line_size_ - (crlf ? 1 : 0);
    survey_.long_line = survey_.long_line || size > kLineLimit;
    survey_.trailing_blank = survey_.trailing_blank || (size > 0 && (last == ' ' || last == '\t'));
    survey_.from_line = survey_.from_line || line_start_ == "From ";
    survey_.dot_line = survey_.dot_line || line_start_.starts_with('.');
    survey_.over_76 = survey_.over_76 || size > 76;
    line_start_.clear();
    line_size_ = 0;
}

Survey Surveyor::finish()
{
    survey_.bare_cr = survey_.bare_cr || last_ == '\r';
    end_line();
    return survey_;
}

Result<Survey> survey(const Source& source, Range range)
{
    Surveyor surveyor;
    TRY(stream(source, range, [&](std::string_view piece) -> Result<> {
        surveyor.take(piece);
        return {};
    }));
    return surveyor.finish();
}

Result<> SevenBitGate::write(std::string_view piece)
{
    const auto refuse = [&](const char* what) {
        return std::unexpected(base::bad_message(place_ + " holds " + what + ", and cannot be altered"));
    };
    for (const char c : piece) {
        if (after_cr_ != (c == '\n'))
            return refuse("a CR that is no line end");
        if (c == '\0')
            return refuse("a NUL byte");
        if (static_cast<unsigned char>(c) >= 0x80)
            return refuse("8-bit bytes");
        after_cr_ = c == '\r';
        line_size_ = c == '\n' ? 0 : line_size_ + (after_cr_ ? 0 : 1);
        if (line_size_ > kLineLimit)
            return refuse("a line of more than 998 bytes");
    }
    return sink_(piece);
}

} // namespace sceau::mail::mime
