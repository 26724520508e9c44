#include "mail/mime/sign/seven_bit_header.h"

#include "mail/mime/canonical.h"
#include "mail/mime/gmime.h"
#include "mail/mime/parse/field_limits.h"
#include "mail/mime/parse/values.h"
#include "mail/mime/sign/address_words.h"
#include "mail/mime/sign/encoded_words.h"
#include "mail/mime/sign/field_meaning.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Error;
using base::Result;

namespace {

/// Returns the text with CRLF at its end and at its folds, and without blanks before a CRLF, which relays strip. A
/// blank before a fold moves behind it, so that the unfolded field does not change and none of its lines is blank.
std::string with_clean_folds(const std::string& text)
{
    std::string result;
    std::string blanks;
    bool folds = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ' || c == '\t') {
            blanks += c;
        } else if (c == '\n' || text.compare(i, 2, "\r\n") == 0) {
            folds = true;
        } else {
            result += (folds ? "\r\n" : "") + blanks + c;
            blanks.clear();
            folds = false;
        }
    }
    return result + "\r\n";
}

bool is_seven_bit(const std::string& text)
{
    Surveyor surveyor;
    surveyor.take(text);
    return surveyor.finish().is_seven_bit();
}

/// Returns the UTF-8 value in a form that GMime can write again. Structured fields stay as they are. Text is decoded,
/// because GMime would lose a blank between a word that was already encoded and one that it encodes.
std::string fit_to_rewrite(const HeaderField& field)
{
    const std::string value = to_string(GText(g_mime_utils_header_unfold(field.value.c_str())));
    return is_address_list(field) || field.is_content() ? value : read_unstructured(value);
}

/// GMime 3.2 never returns from encoding a long value if the parameter's name leaves it one or two bytes on a line.
bool has_long_parameter_name(const HeaderField& field)
{
    constexpr std::size_t kLimit = 60; // of the 78 that GMime puts on a line
    const auto is_long = [](const Parameter& parameter) { return parameter.name.size() > kLimit; };
    return (field.is("Content-Type") && std::ranges::any_of(read_content_type(field.value).parameters, is_long)) ||
           (field.is("Content-Disposition") && std::ranges::any_of(read_disposition(field.value).parameters, is_long));
}

/// A comment beside a display name (RFC 5322 §3.4) would be left out by GMime.
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

/// Returns the field as GMime folds and encodes it.
std::string rewritten(const std::string& name, const std::string& value)
{
    const GObjectHandle<GMimeHeaderList> list(g_mime_header_list_new(gmime()));
    g_mime_header_list_append(list.get(), name.c_str(), value.c_str(), "utf-8");
    const char* raw = g_mime_header_get_raw_value(g_mime_header_list_get_header_at(list.get(), 0));
    return raw ? raw : "";
}

/// Returns all of the text in encoded words. GMime's form, "B" words between plain ones, is easier to read, but GMime
/// cannot read some of those back itself.
std::string in_encoded_words(const HeaderField& field, std::string_view text)
{
    return " " + encoded_words(text, field.name.size() + 2);
}

/// Returns the written value as a field if it is a valid one, is in ASCII and says the same.
std::optional<std::string> field_if_right(const HeaderField& field, const std::string& value)
{
    std::string text = with_clean_folds(field.name + ":" + value);
    for (auto end = text.find('\n'); end + 1 < text.size(); end = text.find('\n', end + 1))
        if (text[end + 1] != ' ' && text[end + 1] != '\t')
            return std::nullopt; // the field would end there, and another would begin
    const bool right = is_seven_bit(text) && same_meaning(field, field.value, text.substr(field.name.size() + 1));
    return right ? std::optional(std::move(text)) : std::nullopt;
}

Error charset_unknown(const HeaderField& field)
{
    return base::bad_message("the field " + field.name + " holds 8-bit bytes in a charset that is not told");
}

Result<std::string> with_parameter_appended(const HeaderField& content_type, const std::string& parameter)
{
    TRY_ASSIGN(std::string text, seven_bit_field(content_type, ""));
    text.resize(text.find_last_not_of(" \t\r\n;") + 1);
    return text + ";\r\n " + parameter + "\r\n";
}

std::string with_parameter_replaced(const HeaderField& content_type, const std::string& name, const std::string& value)
{
    const GObjectHandle<GMimeContentType> parsed(g_mime_content_type_parse(gmime(), content_type.value.c_str()));
    g_mime_content_type_set_parameter(parsed.get(), name.c_str(), value.c_str());
    const GText encoded(g_mime_content_type_encode(parsed.get(), nullptr));
    return with_clean_folds(content_type.name + ":" + rewritten(content_type.name, to_string(encoded)));
}

} // namespace

Result<std::string> seven_bit_field(const HeaderField& field, const std::string& charset)
{
    std::string as_it_is = with_clean_folds(field.name + ":" + field.value);
    if (is_seven_bit(as_it_is))
        return as_it_is;
    const auto utf8 = utf8_value(field.value, charset);
    if (!utf8)
        return std::unexpected(charset_unknown(field));
    const HeaderField said{.name = field.name, .value = *utf8, .range = field.range};
    if (has_long_parameter_name(said) || has_comment_beside_name(said))
        return std::unexpected(cannot_be_written(field));
    const std::string value = fit_to_rewrite(said);
    const std::string written = rewritten(field.name, value);
    if (auto text = field_if_right(said, written))
        return std::move(*text);
    const bool is_text = !is_address_list(field) && !field.is_content() && is_seven_bit(written);
    const std::string other = is_address_list(field) ? " " + with_encoded_phrases(value)
                              : is_text              ? in_encoded_words(field, value)
                                                     : std::string();
    if (auto text = field_if_right(said, other))
        return std::move(*text);
    return std::unexpected(cannot_be_written(field));
}

Result<std::string> with_parameter(const HeaderField& content_type, const std::string& name, const std::string& value,
                                   const std::string& charset)
{
    const auto utf8 = utf8_value(content_type.value, charset);
    if (!utf8)
        return std::unexpected(charset_unknown(content_type));
    const HeaderField said{.name = content_type.name, .value = *utf8, .range = content_type.range};
    ContentType wanted = read_content_type(said.value);
    const auto present = std::ranges::find(wanted.parameters, name, &Parameter::name);
    std::string text;
    if (present != wanted.parameters.end()) {
        if (has_long_parameter_name(said))
            return std::unexpected(cannot_be_written(content_type));
        present->value = value;
        text = with_parameter_replaced(said, name, value);
    } else {
        wanted.parameters.push_back({.name = name, .value = value});
        TRY_ASSIGN(text, with_parameter_appended(said, name + "=\"" + value + "\""));
    }
    if (same_content_type(read_content_type(text.substr(text.find(':') + 1)), wanted))
        return text;
    return std::unexpected(base::bad_message("the message's Content-Type cannot be read"));
}

} // namespace sceau::mail::mime
