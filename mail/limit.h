// How much a mail may be to be read here. What goes over is neither damaged nor changed, only too much to look at.
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace sceau::mail {

enum class Limit {
    parts,         // 10,000
    nesting,       // 100 parts in one another
    fields,        // 50,000 in all headers
    header,        // 4 MiB of all headers
    aside,         // 1 MiB before or after the parts of a multipart
    address_list,  // 1 MiB of one field, 2 MiB of all
    addresses,     // 50,000 in all headers
    groups,        // 20 groups of addresses in one another, 5,000 in all headers
    subject,       // 1 MiB
    content_field, // 64 KiB of a field Content-*
    parameters,    // 50,000 of all parts
    signed_data,   // 4 MiB of a CMS structure without its content
    cms_nesting,   // of the elements of a CMS structure in one another
    certificates,  // 256, as many revocation lists and as many hashes
    signatures,    // 16
};

/// `bad_message` with which limit it is.
base::Error over(Limit limit);
/// Which one an error is about; none where it is about something else.
std::optional<Limit> limit_of(const base::Error& error);

/// `content_field` → "content_field": for scripts.
std::string_view to_string(Limit limit);

} // namespace sceau::mail
