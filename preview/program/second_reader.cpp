#include "preview/program/second_reader.h"

#include "base/ascii.h"
#include "base/bytes.h"
#include "preview/program/converters.h"

#include <algorithm>

namespace sceau::preview::program {

namespace {

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class AddressReader {
  public:
    explicit AddressReader(std::string_view rest) : rest_(rest) {}

    std::optional<std::vector<std::string>> run()
    {
        bool in_group = false;
        for (;;) {
            if (!skip_comments())
                return std::nullopt;
            if (rest_.empty())
                return in_group ? std::nullopt : std::optional(std::move(addresses_));
            if (rest_.front() == ',') {
                rest_.remove_prefix(1);
            } else if (rest_.front() == ';') {
                if (!in_group)
                    return std::nullopt;
                in_group = false;
                rest_.remove_prefix(1);
            } else if (!element(in_group)) {
                return std::nullopt;
            }
        }
    }

  private:
    /// Returns false if a comment is not closed.
    bool skip_comments()
    {
        std::size_t depth = 0;
        while (!rest_.empty() && (depth > 0 || is_blank(rest_.front()) || rest_.front() == '(')) {
            if (rest_.front() == '(')
                ++depth;
            else if (rest_.front() == ')')
                --depth;
            else if (rest_.front() == '\\')
                rest_.remove_prefix(std::min<std::size_t>(1, rest_.size() - 1));
            rest_.remove_prefix(1);
        }
        return depth == 0;
    }

    /// Takes a quoted string with its quotes, or nothing if it is not closed.
    std::optional<std::string> quoted()
    {
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '\\') {
                ++i;
            } else if (rest_[i] == '"') {
                std::string text(rest_.substr(0, i + 1));
                rest_.remove_prefix(i + 1);
                return text;
            }
        }
        return std::nullopt;
    }

    /// Takes the words up to a special character that ends them; they stand beside each other in `joined`, and
    /// with blanks between them in `phrase`.
    bool words(std::string_view ends, std::string& joined, std::string& phrase)
    {
        for (;;) {
            if (!skip_comments())
                return false;
            if (rest_.empty() || ends.find(rest_.front()) != std::string_view::npos)
                return true;
            std::string word;
            if (rest_.front() == '"') {
                auto text = quoted();
                if (!text)
                    return false;
                word = *std::move(text);
            } else if (rest_.front() == '[') {
                const auto end = rest_.find(']');
                if (end == std::string_view::npos)
                    return false;
                word = rest_.substr(0, end + 1);
                rest_.remove_prefix(end + 1);
            } else {
                const auto end = std::min(rest_.find_first_of(" \t\r\n()<>[]:;,\"\\"), rest_.size());
                if (end == 0) // a special character where none may stand
                    return false;
                word = rest_.substr(0, end);
                rest_.remove_prefix(end);
            }
            joined += word;
            phrase += (phrase.empty() ? "" : " ") + word;
        }
    }

    bool element(bool& in_group)
    {
        std::string joined;
        std::string phrase;
        if (!words("<,;:", joined, phrase))
            return false;
        const char end = rest_.empty() ? '\0' : rest_.front();
        if (end == ':') {
            const bool begins = !in_group && !joined.empty() && joined.find('@') == std::string::npos;
            in_group = true;
            rest_.remove_prefix(1);
            return begins;
        }
        if (end != '<')
            return take(joined);
        rest_.remove_prefix(1);
        std::string address;
        std::string unused;
        if (!words(">", address, unused) || rest_.empty())
            return false;
        rest_.remove_prefix(1);
        if (!skip_comments() || (!rest_.empty() && rest_.front() != ',' && rest_.front() != ';'))
            return false;
        return is_name(phrase, address) && take(address);
    }

    /// Returns whether the words before an address in angle brackets are a name, not another address.
    static bool is_name(const std::string& phrase, const std::string& address)
    {
        bool in_quotes = false;
        bool has_at = false;
        for (std::size_t i = 0; i < phrase.size(); ++i) {
            if (phrase[i] == '\\' && in_quotes)
                ++i;
            else if (phrase[i] == '"')
                in_quotes = !in_quotes;
            else if (phrase[i] == '@' && !in_quotes)
                has_at = true;
        }
        return !has_at || phrase == address;
    }

    bool take(const std::string& address)
    {
        const auto at = address.rfind('@');
        const bool has_sides = at != std::string::npos && at > 0 && at + 1 < address.size();
        const std::string_view local = std::string_view(address).substr(0, has_sides ? at : 0);
        const bool is_quoted = local.size() > 1 && local.front() == '"' && local.back() == '"';
        if (!has_sides || (!is_quoted && local.find_first_of("\"@[]") != std::string_view::npos))
            return false;
        addresses_.push_back(address);
        return true;
    }

    std::string_view rest_;
    std::vector<std::string> addresses_;
};

struct EncodedWord {
    std::string charset;
    std::string bytes;
};

std::optional<std::string> decoded_q(std::string_view text)
{
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_') {
            bytes += ' ';
        } else if (text[i] == '=') {
            const int high = i + 2 < text.size() ? base::hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? base::hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return std::nullopt;
            bytes += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            bytes += text[i];
        }
    }
    return bytes;
}

std::optional<std::string> decoded_b(std::string_view text)
{
    const auto bytes = base::from_base64(text);
    return bytes ? std::optional(std::string(base::as_text(*bytes))) : std::nullopt;
}

/// RFC 2047 §2. The language of RFC 2231 §5 is left out.
std::optional<EncodedWord> encoded_word(std::string_view word)
{
    if (!word.starts_with("=?") || !word.ends_with("?=") || word.size() < 8)
        return std::nullopt;
    word = word.substr(2, word.size() - 4);
    const auto first = word.find('?');
    if (first == std::string_view::npos || first == 0 || first + 2 >= word.size() || word[first + 2] != '?')
        return std::nullopt;
    const std::string_view text = word.substr(first + 3);
    if (text.find('?') != std::string_view::npos)
        return std::nullopt;
    const char encoding = base::ascii_lower(word.substr(first + 1, 1)).front();
    auto bytes = encoding == 'q' ? decoded_q(text) : encoding == 'b' ? decoded_b(text) : std::nullopt;
    if (!bytes)
        return std::nullopt;
    const std::string_view charset = word.substr(0, first);
    return EncodedWord{.charset = base::ascii_lower(charset.substr(0, charset.find('*'))), .bytes = *std::move(bytes)};
}

} // namespace

std::optional<std::vector<std::string>> addresses_in(std::string_view value)
{
    return AddressReader(value).run();
}

std::optional<std::string> text_in(std::string_view value)
{
    std::string text;
    EncodedWord open; // words of one charset are decoded together, since some programs cut within a character
    const auto close = [&] {
        if (open.charset.empty())
            return true;
        const auto converted = to_utf8(open.charset, open.bytes);
        text += converted ? converted->text : "";
        open = {};
        return converted.has_value();
    };
    while (!value.empty()) {
        const auto blanks = static_cast<std::size_t>(std::ranges::find_if_not(value, is_blank) - value.begin());
        const std::string_view gap = value.substr(0, blanks);
        value.remove_prefix(blanks);
        const auto size = static_cast<std::size_t>(std::ranges::find_if(value, is_blank) - value.begin());
        const std::string_view word = value.substr(0, size);
        value.remove_prefix(size);
        auto encoded = encoded_word(word);
        const bool continues = encoded && !open.charset.empty();
        if (continues && encoded->charset == open.charset) {
            open.bytes += encoded->bytes;
            continue;
        }
        if (!close())
            return std::nullopt;
        if (!continues)
            text += gap;
        if (encoded)
            open = *std::move(encoded);
        else
            text += word;
    }
    return close() ? std::optional(std::move(text)) : std::nullopt;
}

} // namespace sceau::preview::program
