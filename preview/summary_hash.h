// The hash of what a person is shown of a content, as it goes into a signed attribute (docs/protocol.md, "Signed
// attributes of our own"). The agent and `sceau verify` compute it from the same content and compare.
#pragma once

#include "base/bytes.h"
#include "preview/summary.h"

namespace sceau::preview {

/// The version of what is hashed. It is to be raised whenever the preview of some content changes: a summary has other
/// members, or sceau-preview reads mails in another way. Hashes of different versions cannot be compared.
inline constexpr int kSummaryVersion = 1;

/// Returns the SHA-256 of "Sceau summary 1", a line feed and the summary's JSON (base/codec.h: on one line, members in
/// the order of their description, empty optionals left out). It depends on no language.
base::Bytes summary_hash(const Summary& summary);

} // namespace sceau::preview
