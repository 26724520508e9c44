#include "mail/mime/seven_bit_header.h"

#include "mail/mime/canonical.h"
#include "mail/mime/gmime.h"
#include "mail/mime/values.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

using base::Error;
using base::Result;

namespace {

bool is_address_list(const HeaderField& field)
{
    constexpr std::array kNames = {"From",
                                   "Sender",
                                   "Reply-To",
                                   "To",
                                   "Cc",
                                   "Bcc",
                                   "Resent-From",
                                   "Resent-Sender",
                                   "Resent-Reply-To",
                                   "Resent-To",
                                   "Resent-Cc",
                                   "Resent-Bcc",
                                   "Disposition-Notification-To"};
    return std::ranges::any_of(kNames, [&](const char* name) { return field.is(name); });
}

std::string with_crlf(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        if (c == '\n' && !result.ends_with('\r'))
            result += '\r';
        result += c;
    }
    return result;
}

bool is_seven_bit(const std::string& text)
{
    Surveyor surveyor;
    surveyor.take(text);
    return surveyor.finish().is_seven_bit();
}

std::string as_utf8(const std::string& text)
{
    if (g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
        return text;
    const auto size = static_cast<gssize>(text.size());
    return to_string(GText(g_convert(text.data(), size, "UTF-8", "ISO-8859-1", nullptr, nullptr, nullptr)));
}

/// The addresses as GMime writes them in ASCII: the same for two spellings of the same list.
std::string addresses(const std::string& value)
{
    const GObjectHandle<InternetAddressList> list(internet_address_list_parse(gmime(), value.c_str()));
    return list ? to_string(GText(internet_address_list_to_string(list.get(), nullptr, TRUE))) : std::string();
}

/// Folding a line may turn its blanks into others (RFC 5322 §2.2.3).
std::string with_single_blanks(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank)
            result += c;
        else if (!result.ends_with(' '))
            result += ' ';
    }
    return result;
}

bool same_parameters(const std::vector<Parameter>& one, const std::vector<Parameter>& other)
{
    const auto pair = [](const Parameter& parameter) { return std::pair(parameter.name, parameter.value); };
    return std::ranges::equal(one, other, {}, pair, pair);
}

bool same_content_type(const ContentType& one, const ContentType& other)
{
    return one.is(other.type, other.subtype) && same_parameters(one.parameters, other.parameters);
}

bool same_meaning(const HeaderField& field, const std::string& one, const std::string& other)
{
    if (is_address_list(field))
        return addresses(one) == addresses(other);
    if (field.is("Content-Type"))
        return same_content_type(read_content_type(one), read_content_type(other));
    if (field.is("Content-Disposition")) {
        const Disposition a = read_disposition(one);
        const Disposition b = read_disposition(other);
        return a.kind == b.kind && same_parameters(a.parameters, b.parameters);
    }
    return with_single_blanks(read_unstructured(one)) == with_single_blanks(read_unstructured(other));
}

/// The field's value in UTF-8 as GMime can write it anew: structured as it is, text decoded, as GMime would lose a
/// blank between words that were encoded before and words that are now.
std::string as_utf8(const HeaderField& field)
{
    const std::string value = as_utf8(to_string(GText(g_mime_utils_header_unfold(field.value.c_str()))));
    return is_address_list(field) || field.is_content() ? value : read_unstructured(value);
}

/// GMime 3.2 never returns from encoding a long value whose parameter's name leaves it one or two bytes on a line.
bool has_long_parameter_name(const HeaderField& field)
{
    constexpr std::size_t kLimit = 60; // of GMime's 78 on a line
    const auto is_long = [](const Parameter& parameter) { return parameter.name.size() > kLimit; };
    return (field.is("Content-Type") && std::ranges::any_of(read_content_type(field.value).parameters, is_long)) ||
           (field.is("Content-Disposition") && std::ranges::any_of(read_disposition(field.value).parameters, is_long));
}

/// A comment beside a display name (RFC 5322 §3.4), which GMime would leave out.
bool has_comment_beside_name(const HeaderField& field)
{
    bool quoted = false;
    for (std::size_t i = 0; i < field.value.size(); ++i) {
        const char c = field.value[i];
        if (c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (c == '(' && !quoted)
            return is_address_list(field) && field.value.find('<') != std::string::npos;
    }
    return false;
}

Error cannot_be_written(const HeaderField& field)
{
    return base::bad_message("the field " + field.name + " cannot be written in ASCII");
}

/// As GMime folds and encodes a field of that name.
std::string rewritten(const std::string& name, const std::string& value)
{
    const GObjectHandle<GMimeHeaderList> list(g_mime_header_list_new(gmime()));
    g_mime_header_list_append(list.get(), name.c_str(), value.c_str(), "utf-8");
    const char* raw = g_mime_header_get_raw_value(g_mime_header_list_get_header_at(list.get(), 0));
    return raw ? raw : "";
}

/// RFC 2047 §4.2: of one character.
std::string q_encoded(std::string_view character)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    if (character == " ")
        return "_";
    if (character.size() == 1 && g_ascii_isalnum(character.front()))
        return std::string(character);
    std::string text;
    for (const char c : character) {
        const auto byte = static_cast<unsigned char>(c);
        text += {'=', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return text;
}

/// All of the text in encoded words (RFC 2047 §2), on lines of their own. GMime's way, words in "B" between plain ones,
/// is easier on the eye, but some of those it cannot read back itself.
std::string in_encoded_words(const HeaderField& field, std::string_view text)
{
    constexpr std::size_t kLine = 76;
    constexpr std::string_view kBegin = " =?UTF-8?Q?";
    constexpr std::string_view kEnd = "?=\n";
    std::string lines(kBegin);
    std::size_t column = field.name.size() + 1 + kBegin.size();
    for (std::size_t i = 0, next = 0; i < text.size(); i = next) {
        do
            ++next;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80);
        const std::string character = q_encoded(text.substr(i, next - i));
        if (column + character.size() + kEnd.size() - 1 > kLine) {
            lines += kEnd;
            lines += kBegin;
            column = kBegin.size();
        }
        lines += character;
        column += character.size();
    }
    return lines.append(kEnd);
}

Result<std::string> with_parameter_appended(const HeaderField& content_type, const std::string& parameter)
{
    TRY_ASSIGN(std::string text, seven_bit_field(content_type));
    text.resize(text.find_last_not_of(" \t\r\n;") + 1);
    return text + ";\r\n " + parameter + "\r\n";
}

std::string with_parameter_replaced(const HeaderField& content_type, const std::string& name, const std::string& value)
{
    const GObjectHandle<GMimeContentType> parsed(g_mime_content_type_parse(gmime(), content_type.value.c_str()));
    g_mime_content_type_set_parameter(parsed.get(), name.c_str(), value.c_str());
    const GText encoded(g_mime_content_type_encode(parsed.get(), nullptr));
    return content_type.name + ":" + with_crlf(rewritten(content_type.name, to_string(encoded)));
}

} // namespace

Result<std::string> seven_bit_field(const HeaderField& field)
{
    std::string as_it_is = with_crlf(field.name + ":" + field.value) + "\r\n";
    if (is_seven_bit(as_it_is))
        return as_it_is;
    if (has_long_parameter_name(field) || has_comment_beside_name(field))
        return std::unexpected(cannot_be_written(field));
    const std::string value = as_utf8(field);
    std::string written = rewritten(field.name, value);
    if (!is_seven_bit(field.name + ":" + with_crlf(written)))
        return std::unexpected(cannot_be_written(field));
    const bool is_text = !is_address_list(field) && !field.is_content();
    if (is_text && !same_meaning(field, as_utf8(field.value), written))
        written = in_encoded_words(field, value);
    if (!same_meaning(field, as_utf8(field.value), written))
        return std::unexpected(cannot_be_written(field));
    return field.name + ":" + with_crlf(written);
}

Result<std::string> with_parameter(const HeaderField& content_type, const std::string& name, const std::string& value)
{
    ContentType wanted = read_content_type(content_type.value);
    const auto present = std::ranges::find(wanted.parameters, name, &Parameter::name);
    std::string text;
    if (present != wanted.parameters.end()) {
        if (has_long_parameter_name(content_type))
            return std::unexpected(cannot_be_written(content_type));
        present->value = value;
        text = with_parameter_replaced(content_type, name, value);
    } else {
        wanted.parameters.push_back({.name = name, .value = value});
        TRY_ASSIGN(text, with_parameter_appended(content_type, name + "=\"" + value + "\""));
    }
    if (same_content_type(read_content_type(text.substr(text.find(':') + 1)), wanted))
        return text;
    return std::unexpected(base::bad_message("the message's Content-Type cannot be read"));
}

} // namespace sceau::mail::mime
