// Signed attributes of Sceau's own, which say what the signer was shown (docs/protocol.md, "Signed attributes of our
// own"). The agent makes them and checks those that clients add; `sceau verify` reads them.
#pragma once

#include "base/bytes.h"

#include <optional>

namespace sceau::mail::cms {

/// ShownSummary ::= SEQUENCE { version INTEGER, hash OCTET STRING, ... }
struct ShownSummary {
    int version = 0;  // of the text that is hashed
    base::Bytes hash; // of what was shown; empty if this version has something else in its place

    friend bool operator==(const ShownSummary&, const ShownSummary&) = default;
};

/// What a signature's own attributes say, as far as they are there and can be read.
struct OwnAttributes {
    std::optional<ShownSummary> shown_summary;
    std::optional<base::Bytes> journal_head; // JournalHead ::= OCTET STRING, a salted hash

    friend bool operator==(const OwnAttributes&, const OwnAttributes&) = default;
};

/// Return the DER of an Attribute (RFC 5652 §5.3).
base::Bytes encode_attribute(const ShownSummary& summary);
base::Bytes encode_journal_head(base::BytesView salted_hash);

/// The attributes' types, below an arc that is a UUID (ITU-T X.667): 3beebe08-e5a2-4f9f-bfb5-d70f08383e20.
inline constexpr const char* kShownSummaryType = "2.25.79664072766359608654074354386649759264.1";
inline constexpr const char* kJournalHeadType = "2.25.79664072766359608654074354386649759264.2";

enum class OwnAttribute { none, shown_summary, journal_head };

/// Returns which of them has this type, given the contents octets of its OBJECT IDENTIFIER (X.690 §8.19).
OwnAttribute own_attribute(base::BytesView type);

/// Reads an attribute's value: what follows the version is read only if it is an OCTET STRING. Returns nothing for any
/// other DER.
std::optional<ShownSummary> read_shown_summary(base::BytesView value);

} // namespace sceau::mail::cms
