// The meaning of header fields, as GMime reads it. Raw values are those of HeaderField::value; all results are UTF-8.
#pragma once

#include "mail/mime/parse/entity.h"

#include <string_view>

namespace sceau::mail::mime {

/// RFC 2045 §5. As in GMime, a value that cannot be read is application/octet-stream without parameters.
ContentType read_content_type(const std::string& raw);

Encoding read_encoding(const std::string& raw);

struct Disposition {
    std::string kind; // lower case
    std::vector<Parameter> parameters;
};

/// RFC 2183.
Disposition read_disposition(const std::string& raw);

/// Reads unstructured text such as a Subject, unfolded and with its encoded words decoded (RFC 2047).
std::string read_unstructured(const std::string& raw);

/// Replaces each run of blanks and line ends with one blank, and removes it at the end.
std::string with_single_blanks(std::string_view text);

/// Returns the instant of a Date field (RFC 5322 §3.3, §4.3) in seconds since 1970, or nothing if the value is not a
/// date.
std::optional<std::int64_t> read_date(const std::string& raw);

struct Mailbox {
    std::string name;    // empty if none is given
    std::string address; // addr-spec
};

/// Returns the mailboxes of an address list, including those in groups (RFC 5322 §3.4).
std::vector<Mailbox> read_mailboxes(const std::string& raw);

} // namespace sceau::mail::mime
