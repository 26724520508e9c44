#include "mail/mime/sign/address_words.h"

#include "base/ascii.h"
#include "mail/mime/sign/encoded_words.h"

#include <algorithm>

namespace sceau::mail::mime {

namespace {

/// Returns the size of the quoted string or comment at the start of the text. If it is not closed, it extends to the
/// end.
std::size_t enclosed_size(std::string_view text)
{
    unsigned depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_comment = text.front() == '(';
        if (c == '\\')
            ++i;
        else if (is_comment && c == '(')
            ++depth;
        else if (is_comment ? c == ')' && --depth == 0 : c == '"' && i > 0)
            return i + 1;
    }
    return text.size();
}

/// Returns the meaning of a quoted string or comment (RFC 5322 §3.2.1).
std::string unquoted(std::string_view enclosed)
{
    std::string text;
    for (std::size_t i = 1; i + 1 < enclosed.size(); ++i) {
        if (enclosed[i] == '\\' && i + 2 < enclosed.size())
            ++i;
        text += enclosed[i];
    }
    return text;
}

std::string on_its_own_line(std::string_view text)
{
    return "\r\n " + encoded_words(text, 1);
}

std::string words_encoded(std::string_view run)
{
    const auto begin = run.find_first_not_of(" \t");
    const auto end = run.find_last_not_of(" \t") + 1;
    return on_its_own_line(run.substr(begin, end - begin)) + std::string(run.substr(end));
}

std::string encoded(std::string_view token)
{
    if (base::is_ascii(token) || token.front() == '<' || token.find('@') != std::string_view::npos)
        return std::string(token);
    if (token.front() == '(')
        return "(" + on_its_own_line(unquoted(token)) + " )";
    if (token.front() == '"')
        return on_its_own_line(unquoted(token));
    return words_encoded(token);
}

std::size_t token_size(std::string_view text)
{
    const char c = text.front();
    if (c == '"' || c == '(')
        return enclosed_size(text);
    if (c == '<')
        return std::min(text.find('>'), text.size() - 1) + 1;
    if (c == ',' || c == ';' || c == ':')
        return 1;
    return std::min(text.find_first_of("\"(<,;:"), text.size());
}

} // namespace

std::string with_encoded_phrases(std::string_view value)
{
    std::string result;
    while (!value.empty()) {
        const std::size_t size = token_size(value);
        result += encoded(value.substr(0, size));
        value.remove_prefix(size);
    }
    return result;
}

} // namespace sceau::mail::mime
