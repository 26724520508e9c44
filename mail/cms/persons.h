// Counts several signatures by one person as one (RFC 5652 §5, RFC 4853). For mail/cms/*.cpp only.
#pragma once

#include "mail/cms/signer_check.h"

namespace sceau::mail::cms {

/// Returns the report on each person's best signature, in the order of the persons' first signatures. Faults of the
/// other signatures become warnings, except that a signature which can be read in two ways remains a finding.
std::vector<SignerReport> one_for_each_person(std::vector<CheckedSigner> signers);

} // namespace sceau::mail::cms
