// Limits on the mails that Sceau reads. A mail over a limit is neither damaged nor changed, only too much to examine.
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace sceau::mail {

enum class Limit {
    parts,         // 10,000
    nesting,       // 100 nested parts
    fields,        // 50,000 in all headers together
    header,        // 4 MiB for all headers together
    aside,         // 1 MiB before or after the parts of a multipart
    address_list,  // 1 MiB in one field, 2 MiB in all
    addresses,     // 50,000 in all headers together
    groups,        // 20 nested groups of addresses, 5,000 in all headers together
    subject,       // 1 MiB
    content_field, // 64 KiB for a Content-* field
    parameters,    // 50,000 in all parts together
    signed_data,   // 4 MiB for a CMS structure without its content
    cms_nesting,   // nested elements of a CMS structure
    certificates,  // 256 certificates, as many revocation lists and as many hashes
    signatures,    // 16
};

/// Makes a `bad_message` error that names the limit.
base::Error over(Limit limit);
/// Returns the limit that an error is about, or nothing if it is about something else.
std::optional<Limit> limit_of(const base::Error& error);

/// Returns the enumerator's name, for scripts.
std::string_view to_string(Limit limit);

} // namespace sceau::mail
