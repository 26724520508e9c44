#include "mail/mime/sign/field_meaning.h"

#include "base/ascii.h"
#include "mail/mime/gmime.h"
#include "mail/mime/parse/field_limits.h"
#include "mail/mime/parse/values.h"

#include <algorithm>

namespace sceau::mail::mime {

namespace {

/// Returns the addresses as GMime writes them in ASCII, which is the same for two spellings of one list.
std::string addresses(const std::string& value)
{
    const GObjectHandle<InternetAddressList> list(internet_address_list_parse(gmime(), value.c_str()));
    return list ? to_string(GText(internet_address_list_to_string(list.get(), nullptr, TRUE))) : std::string();
}

/// Returns the words and comments, which is all that a list without an address contains.
std::string bare_words(const std::string& value)
{
    std::string text = read_unstructured(value);
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"'; });
    return text;
}

bool same_addresses(const std::string& one, const std::string& other)
{
    if (addresses(one) != addresses(other))
        return false;
    return !read_mailboxes(one).empty() || bare_words(one) == bare_words(other);
}

bool same_parameters(const std::vector<Parameter>& one, const std::vector<Parameter>& other)
{
    const auto pair = [](const Parameter& parameter) { return std::pair(parameter.name, parameter.value); };
    return std::ranges::equal(one, other, {}, pair, pair);
}

bool is_eight_bit(char c)
{
    return static_cast<unsigned char>(c) >= 0x80;
}

bool is_utf8(std::string_view text)
{
    return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
}

std::optional<std::string> converted(std::string_view text, const std::string& charset)
{
    gmime();
    gsize size = 0;
    const GText result(g_convert(text.data(), static_cast<gssize>(text.size()), "UTF-8",
                                 g_mime_charset_iconv_name(charset.c_str()), nullptr, &size, nullptr));
    return result ? std::optional(std::string(result.get(), size)) : std::nullopt;
}

/// Returns how the charset reads the UTF-8 of one letter that many charsets have.
std::string reading_of_utf8(const std::string& charset)
{
    return converted("\xC3\xA9", charset).value_or("");
}

/// Returns whether a part of the text is a letter in UTF-8 although the whole is not UTF-8, as in a name that was cut
/// inside a letter.
bool holds_utf8_letter(std::string_view text)
{
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        for (std::size_t size = 2; size <= 4 && i + size <= text.size(); ++size) {
            const std::string_view letter = text.substr(i, size);
            if (std::ranges::all_of(letter, is_eight_bit) && is_utf8(letter))
                return true;
        }
    }
    return false;
}

/// Returns whether the text has single letters of ISO-8859-1 (À to ÿ), as in "Réunion à Besançon", which looks like no
/// other charset.
bool is_plainly_latin(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_eight_bit(text[i]))
            continue;
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0xC0 || byte == 0xD7 || byte == 0xF7 || (i + 1 < text.size() && is_eight_bit(text[i + 1])))
            return false;
    }
    return true;
}

/// Returns whether an encoded word contains raw bytes that may belong to its charset or to that of the text around it.
/// If both are UTF-8, there is no doubt.
bool has_raw_bytes_in_word(std::string_view text, bool is_utf8_text)
{
    for (auto begin = text.find("=?"); begin != std::string_view::npos; begin = text.find("=?", begin + 2)) {
        const auto encoding = text.find('?', begin + 2);
        const auto words = encoding == std::string_view::npos ? encoding : text.find('?', encoding + 1);
        const auto end = words == std::string_view::npos ? words : text.find("?=", words + 1);
        if (end == std::string_view::npos)
            return false;
        const std::string charset(text.substr(begin + 2, encoding - begin - 2));
        const bool same = is_utf8_text && g_ascii_strcasecmp(charset.c_str(), "utf-8") == 0;
        if (!same && charset.find(' ') == std::string::npos &&
            std::ranges::any_of(text.substr(words, end - words), is_eight_bit))
            return true;
    }
    return false;
}

/// If the body's charset has two-byte letters, a text with only such letters may be UTF-8 by chance.
bool is_ambiguous(const std::string& raw, const std::string& charset)
{
    const bool has_pairs = g_utf8_strlen(reading_of_utf8(charset).c_str(), -1) == 1;
    return has_pairs && reading_of_utf8(charset) != "\xC3\xA9" && converted(raw, charset) &&
           std::ranges::none_of(raw, [](char c) { return static_cast<unsigned char>(c) >= 0xE0; });
}

} // namespace

bool same_meaning(const HeaderField& field, const std::string& one, const std::string& other)
{
    if (is_address_list(field))
        return same_addresses(one, other);
    if (field.is("Content-Type"))
        return same_content_type(read_content_type(one), read_content_type(other));
    if (field.is("Content-Disposition")) {
        const Disposition a = read_disposition(one);
        const Disposition b = read_disposition(other);
        return a.kind == b.kind && same_parameters(a.parameters, b.parameters);
    }
    return with_single_blanks(read_unstructured(one)) == with_single_blanks(read_unstructured(other));
}

bool same_content_type(const ContentType& one, const ContentType& other)
{
    return one.is(other.type, other.subtype) && same_parameters(one.parameters, other.parameters);
}

std::string body_charset(const Entity& message)
{
    if (message.is_leaf()) {
        const std::string charset = message.content_type.parameter("charset").value_or("");
        const bool ascii = g_ascii_strcasecmp(charset.c_str(), "us-ascii") == 0;
        return message.content_type.type == "text" && !ascii ? charset : std::string();
    }
    if (message.is_message())
        return {}; // attached messages declare their own charset
    for (const Entity& child : message.children)
        if (std::string charset = body_charset(child); !charset.empty())
            return charset;
    return {};
}

std::optional<std::string> utf8_value(const std::string& raw, const std::string& charset)
{
    if (base::is_ascii(raw))
        return raw;
    const bool declared = !charset.empty() && holds_ascii(charset);
    if (has_raw_bytes_in_word(raw, is_utf8(raw)))
        return std::nullopt;
    if (is_utf8(raw))
        return declared && is_ambiguous(raw, charset) ? std::nullopt : std::optional(raw);
    if (!declared)
        return charset.empty() && is_plainly_latin(raw) ? converted(raw, "iso-8859-1") : std::nullopt;
    const bool western = reading_of_utf8(charset) == "\xC3\x83\xC2\xA9"; // "Ã©"
    return western && holds_utf8_letter(raw) ? std::nullopt : converted(raw, charset);
}

bool holds_ascii(const std::string& charset)
{
    constexpr std::string_view kSample = "From=20+A-\r\n";
    gmime();
    gsize size = 0;
    const GText converted(g_convert(kSample.data(), kSample.size(), g_mime_charset_iconv_name(charset.c_str()),
                                    "US-ASCII", nullptr, &size, nullptr));
    return !converted || std::string_view(converted.get(), size) == kSample;
}

} // namespace sceau::mail::mime
