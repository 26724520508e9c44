#include "mail/mime/parse/values.h"

#include "mail/mime/gmime.h"

#include <algorithm>

namespace sceau::mail::mime {

namespace {

std::string lower_case(const char* text)
{
    return text ? to_string(GText(g_ascii_strdown(text, -1))) : std::string();
}

std::string text_or_empty(const char* text)
{
    return text ? text : "";
}

std::vector<Parameter> read_parameters(GMimeParamList* list)
{
    std::vector<Parameter> parameters;
    for (int i = 0; i < g_mime_param_list_length(list); ++i) {
        GMimeParam* parameter = g_mime_param_list_get_parameter_at(list, i);
        parameters.push_back({.name = lower_case(g_mime_param_get_name(parameter)),
                              .value = text_or_empty(g_mime_param_get_value(parameter))});
    }
    return parameters;
}

void add_mailboxes(InternetAddressList* list, std::vector<Mailbox>& mailboxes)
{
    for (int i = 0; list && i < internet_address_list_length(list); ++i) {
        InternetAddress* address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address))
            add_mailboxes(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), mailboxes);
        else
            mailboxes.push_back(
                {.name = text_or_empty(internet_address_get_name(address)),
                 .address = text_or_empty(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)))});
    }
}

} // namespace

ContentType read_content_type(const std::string& raw)
{
    const GObjectHandle<GMimeContentType> parsed(g_mime_content_type_parse(gmime(), raw.c_str()));
    return {.type = lower_case(g_mime_content_type_get_media_type(parsed.get())),
            .subtype = lower_case(g_mime_content_type_get_media_subtype(parsed.get())),
            .parameters = read_parameters(g_mime_content_type_get_parameters(parsed.get()))};
}

Encoding read_encoding(const std::string& raw)
{
    // Some programs write "base64;", as if parameters could follow.
    const std::string name = raw.substr(0, raw.find(';'));
    switch (g_mime_content_encoding_from_string(name.c_str())) {
    case GMIME_CONTENT_ENCODING_7BIT:
        return Encoding::seven_bit;
    case GMIME_CONTENT_ENCODING_8BIT:
        return Encoding::eight_bit;
    case GMIME_CONTENT_ENCODING_BINARY:
        return Encoding::binary;
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return Encoding::quoted_printable;
    case GMIME_CONTENT_ENCODING_BASE64:
        return Encoding::base64;
    default:
        return Encoding::other;
    }
}

Disposition read_disposition(const std::string& raw)
{
    const GObjectHandle<GMimeContentDisposition> parsed(g_mime_content_disposition_parse(gmime(), raw.c_str()));
    return {.kind = lower_case(g_mime_content_disposition_get_disposition(parsed.get())),
            .parameters = read_parameters(g_mime_content_disposition_get_parameters(parsed.get()))};
}

std::string read_unstructured(const std::string& raw)
{
    const GText unfolded(g_mime_utils_header_unfold(raw.c_str()));
    const GText decoded(g_mime_utils_header_decode_text(gmime(), unfolded.get()));
    const std::string text = to_string(decoded);
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string::npos ? std::string() : text.substr(begin);
}

std::string with_single_blanks(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank)
            result += c;
        else if (!result.ends_with(' '))
            result += ' ';
    }
    if (result.ends_with(' '))
        result.pop_back();
    return result;
}

std::optional<std::int64_t> read_date(const std::string& raw)
{
    const GText unfolded(g_mime_utils_header_unfold(raw.c_str()));
    GDateTime* date = g_mime_utils_header_decode_date(unfolded.get());
    if (date == nullptr)
        return std::nullopt;
    const std::int64_t seconds = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return seconds;
}

std::vector<Mailbox> read_mailboxes(const std::string& raw)
{
    std::vector<Mailbox> mailboxes;
    const GObjectHandle<InternetAddressList> list(internet_address_list_parse(gmime(), raw.c_str()));
    add_mailboxes(list.get(), mailboxes);
    return mailboxes;
}

} // namespace sceau::mail::mime
