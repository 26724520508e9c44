#include "mail/mime/sign/quoted_printable.h"

namespace sceau::mail::mime {

using base::Result;

namespace {

constexpr std::size_t kWidth = 75; // without the "=" of a soft line break

bool is_literal(char c)
{
    return c == '\t' || (c >= ' ' && c <= '~' && c != '=');
}

/// Encodes what must not stand at the beginning of a line: mail stores quote "From ", SMTP doubles ".", and "--" may
/// look like a delimiter.
void protect_beginning(std::string& line)
{
    if (line == "From ")
        line = "From=20";
    else if (line == ".")
        line = "=2E";
    else if (line == "--")
        line = "=2D-";
}

} // namespace

std::array<char, 3> escaped(char c)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF"; // RFC 2045 §6.7 rule 1 requires upper case
    const auto byte = static_cast<unsigned char>(c);
    return {'=', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
}

Result<> QuotedPrintableEncoder::write(std::string_view piece)
{
    for (const char c : piece) {
        if (after_cr_ && c == '\n') {
            TRY(close_line());
            TRY(sink_("\r\n"));
        } else {
            if (after_cr_)
                TRY(put('\r'));
            if (c != '\r')
                TRY(put(c));
        }
        after_cr_ = c == '\r';
    }
    return {};
}

Result<> QuotedPrintableEncoder::finish()
{
    if (after_cr_)
        TRY(put('\r'));
    after_cr_ = false;
    return close_line();
}

Result<> QuotedPrintableEncoder::put(char c)
{
    const std::array<char, 3> code = escaped(c);
    const std::string_view token = is_literal(c) ? std::string_view(&c, 1) : std::string_view(code.data(), code.size());
    if (line_.size() + token.size() > kWidth)
        TRY(soft_break());
    line_ += token;
    protect_beginning(line_);
    return {};
}

Result<> QuotedPrintableEncoder::soft_break()
{
    TRY(sink_(line_));
    line_.clear();
    return sink_("=\r\n");
}

Result<> QuotedPrintableEncoder::close_line()
{
    if (line_.ends_with(' ') || line_.ends_with('\t')) {
        const std::array<char, 3> blank = escaped(line_.back());
        line_.pop_back();
        if (line_.size() + blank.size() > kWidth)
            TRY(soft_break());
        line_.append(blank.data(), blank.size());
    }
    TRY(sink_(line_));
    line_.clear();
    return {};
}

} // namespace sceau::mail::mime
