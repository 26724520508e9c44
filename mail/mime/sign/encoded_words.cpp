#include "mail/mime/sign/encoded_words.h"

#include "mail/mime/gmime.h"
#include "mail/mime/sign/quoted_printable.h"

namespace sceau::mail::mime {

namespace {

/// Encodes one character according to RFC 2047 §4.2 and §5 (3), so that it may also appear in phrases.
std::string q_encoded(std::string_view character)
{
    if (character == " ")
        return "_";
    if (character.size() == 1 && g_ascii_isalnum(character.front()))
        return std::string(character);
    std::string text;
    for (const char c : character) {
        const auto digits = escaped(c);
        text.append(digits.begin(), digits.end());
    }
    return text;
}

} // namespace

std::string encoded_words(std::string_view text, std::size_t column)
{
    constexpr std::size_t kLine = 76;
    constexpr std::string_view kBegin = "=?UTF-8?Q?";
    constexpr std::string_view kEnd = "?=";
    std::string lines(kBegin);
    column += kBegin.size();
    for (std::size_t i = 0, next = 0; i < text.size(); i = next) {
        do
            ++next;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80);
        const std::string character = q_encoded(text.substr(i, next - i));
        if (column + character.size() + kEnd.size() > kLine) {
            lines.append(kEnd).append("\r\n ").append(kBegin);
            column = 1 + kBegin.size();
        }
        lines += character;
        column += character.size();
    }
    return lines.append(kEnd);
}

} // namespace sceau::mail::mime
