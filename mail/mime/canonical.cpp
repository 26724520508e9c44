#include "mail/mime/canonical.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::size_t kLineStart = 5; // bytes: "From "

// Looks at eight bytes at a time.
bool has_eight_bit(std::string_view text)
{
    std::uint64_t all = 0;
    std::uint64_t word = 0;
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
        std::memcpy(&word, text.data(), sizeof word);
        all |= word;
    }
    word = 0;
    std::memcpy(&word, text.data(), text.size());
    return ((all | word) & 0x8080808080808080U) != 0;
}

} // namespace

Result<> CanonicalLines::write(std::string_view piece)
{
    while (!piece.empty()) {
        auto newline = piece.find('\n');
        while (newline != std::string_view::npos && (newline > 0 ? piece[newline - 1] == '\r' : after_cr_))
            newline = piece.find('\n', newline + 1);
        const std::string_view text = piece.substr(0, newline);
        TRY(sink_(text));
        if (!text.empty())
            after_cr_ = text.back() == '\r';
        if (newline == std::string_view::npos)
            return {};
        TRY(sink_("\r\n"));
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
    while (!piece.empty()) {
        const auto newline = piece.find('\n');
        take_text(piece.substr(0, newline));
        if (newline == std::string_view::npos)
            return;
        end_line();
        before_last_ = std::exchange(last_, '\n');
        piece.remove_prefix(newline + 1);
    }
}

void Surveyor::take_text(std::string_view text)
{
    if (text.empty())
        return;
    survey_.bare_cr = survey_.bare_cr || last_ == '\r' || text.find('\r') < text.size() - 1;
    survey_.eight_bit = survey_.eight_bit || has_eight_bit(text);
    survey_.nul = survey_.nul || text.find('\0') != std::string_view::npos;
    line_start_ += text.substr(0, kLineStart - std::min(kLineStart, line_start_.size()));
    line_size_ += text.size();
    before_last_ = text.size() > 1 ? text[text.size() - 2] : last_;
    last_ = text.back();
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
    for (std::string_view rest = piece; !rest.empty();) {
        const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
        if (!take_whole_line(line))
            TRY(take_each(line));
        rest.remove_prefix(line.size());
    }
    return sink_(piece);
}

// The quick way through nearly all lines. Returns false for any other.
bool SevenBitGate::take_whole_line(std::string_view line)
{
    if (after_cr_ || !line.ends_with("\r\n"))
        return false;
    const std::string_view text = line.substr(0, line.size() - 2);
    if (line_size_ + text.size() > kLineLimit || has_eight_bit(text) || text.find('\r') != std::string_view::npos ||
        text.find('\0') != std::string_view::npos)
        return false;
    line_size_ = 0;
    return true;
}

Result<> SevenBitGate::take_each(std::string_view bytes)
{
    const auto refuse = [&](const char* what) {
        return std::unexpected(base::bad_message(place_ + " holds " + what + ", and cannot be altered"));
    };
    for (const char c : bytes) {
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
    return {};
}

} // namespace sceau::mail::mime
