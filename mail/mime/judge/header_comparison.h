// Whether the header outside of a signed part says what the protected one says (RFC 9788 §4): compared by meaning,
// since transport writes dates, names and lists of addresses in its own way.
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Each with both values.
struct HeaderDifferences {
    std::vector<Finding> grave; // another author, an answer that goes elsewhere, recipients that were added
    std::vector<Finding> slight;
};

/// A field that says nothing outside, or is not there, makes no difference.
HeaderDifferences compare_headers(const Entity& outer, const Entity& inner);

} // namespace sceau::mail::mime
