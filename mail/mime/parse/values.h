// What header fields say, read by GMime. Raw values are HeaderField::value; all that is returned is UTF-8.
#pragma once

#include "mail/mime/parse/entity.h"

#include <string_view>

namespace sceau::mail::mime {

/// RFC 2045 §5; application/octet-stream without parameters for a value that cannot be read, as GMime has it.
ContentType read_content_type(const std::string& raw);

Encoding read_encoding(const std::string& raw);

struct Disposition {
    std::string kind; // lower case
    std::vector<Parameter> parameters;
};

/// RFC 2183.
Disposition read_disposition(const std::string& raw);

/// Unstructured text such as a Subject, unfolded and with its encoded words decoded (RFC 2047).
std::string read_unstructured(const std::string& raw);

/// Runs of blanks and line ends are one blank each, and none is left at the end.
std::string with_single_blanks(std::string_view text);

/// The instant of a Date field (RFC 5322 §3.3, §4.3) in seconds since 1970; none for what is no date.
std::optional<std::int64_t> read_date(const std::string& raw);

struct Mailbox {
    std::string name;    // empty where none is given
    std::string address; // addr-spec
};

/// The mailboxes of an address list, those in groups too (RFC 5322 §3.4).
std::vector<Mailbox> read_mailboxes(const std::string& raw);

} // namespace sceau::mail::mime
