// Compares the header outside a signed part with the protected one (RFC 9788 §4). It compares the meaning, since
// transport rewrites dates, names and lists of addresses in its own way.
#pragma once

#include "mail/finding.h"
#include "mail/mime/parse/entity.h"

namespace sceau::mail::mime {

/// Each finding has both values.
struct HeaderDifferences {
    std::vector<Finding> grave; // another author, answers that go elsewhere, added recipients
    std::vector<Finding> slight;
};

/// A field that is empty or missing outside makes no difference.
HeaderDifferences compare_headers(const Entity& outer, const Entity& inner);

} // namespace sceau::mail::mime
